//! A sender in a process of its own, which is killed without a word.

use std::process::{Child, Command, Stdio};

use bailiwick_idp::webhooks::{LEASE, Limits, Sender, Wake};
use bailiwick_kernel::{Clock, Env, SystemClock};
use bailiwick_pg::{Pool, PoolConfig};
use jiff::SignedDuration;

use super::world::World;
use crate::support::receiver::{Receiver, Reply};
use crate::support::until;

/// Where the child finds its database.
const URL: &str = "BAILIWICK_TEST_SENDER";

/// Not a test: the child's work, until it is killed.
#[tokio::test]
#[ignore = "run by the tests of this file, as a process"]
#[expect(clippy::disallowed_methods, reason = "how the parent tells the child")]
async fn sender_process() {
    let pool = Pool::connect(PoolConfig::new(std::env::var(URL).unwrap()))
        .await
        .unwrap();
    let sender = Sender::new(pool, Env::system(), Wake::default(), Limits::default).unwrap();
    sender.run(std::future::pending()).await;
}

fn spawn(url: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "webhooks::kills::sender_process", "--ignored"])
        .env(URL, url)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

#[tokio::test]
async fn a_sender_killed_with_messages_in_its_hands_loses_none() {
    let (world, url) = World::at(SystemClock.now()).await;
    let receiver = Receiver::start().await;
    // The fourth message is in the air, answered by nobody, when the process dies.
    receiver.reply(&[
        Reply::Status(200),
        Reply::Status(200),
        Reply::Status(500),
        Reply::Hang,
    ]);
    let id = world.make(&receiver.url, &[]).await;
    for number in 0..6 {
        world.emit(&format!("event.{number}")).await;
    }
    let mut child = spawn(&url);
    receiver.wait_for(5).await;
    child.kill().unwrap();
    child.wait().unwrap();

    // Its successor has to wait for the lease, by its own clock, and then finishes the work.
    world
        .time
        .advance(SystemClock.now().duration_since(world.time.now()));
    world.time.advance(LEASE + SignedDuration::from_secs(10));
    let sender = world.run();
    for number in 0..6 {
        let event = format!("event.{number}");
        until("everything is delivered", || async {
            (world.progress(&event).await.state == "delivered").then_some(())
        })
        .await;
    }
    sender.stop().await;
    let secret = world.secret(&id).await;
    let received = receiver.received();
    assert!(received.iter().all(|one| one.verifies_with(&secret)));
    let mut bodies: std::collections::HashMap<String, Vec<u8>> = std::collections::HashMap::new();
    for one in &received {
        let body = bodies
            .entry(one.header("svix-id").to_owned())
            .or_insert(one.body.to_vec());
        assert_eq!(*body, one.body, "a repetition says the same");
    }
    assert_eq!(bodies.len(), 6);
}
