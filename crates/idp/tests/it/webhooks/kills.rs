//! A sender in a process of its own, which is killed without a word.

use bailiwick_idp::webhooks::LEASE;
use jiff::SignedDuration;

use super::process::SenderProcess;
use super::world::{SCHEDULE, World, assert_due};
use crate::support::receiver::{Receiver, Reply};
use crate::support::until;

#[tokio::test]
async fn a_sender_killed_with_messages_in_its_hands_loses_none() {
    let (world, url) = World::reachable().await;
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
    let child = SenderProcess::start(&url, world.time.now());
    receiver.wait_for(5).await;
    let refused = world.attempted("event.2", 1).await;
    child.kill();
    // What was decided stays decided.
    assert_eq!(world.progress("event.2").await, refused);
    assert_due(&world, &refused, 5);

    // Its successor has to wait for the lease, and then finishes the work.
    world.time.advance(LEASE + SignedDuration::from_secs(1));
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

/// One each between two attempts.
const PROBES: [&str; 7] = [
    "session.created",
    "session.ended",
    "session.removed",
    "session.revoked",
    "organization.created",
    "organization.updated",
    "organization.deleted",
];

#[tokio::test]
async fn the_schedule_does_not_begin_anew_when_processes_die() {
    let (world, url) = World::reachable().await;
    let (receiver, probe) = (Receiver::start().await, Receiver::start().await);
    receiver.reply(&[Reply::Status(500); 8]);
    world.make(&receiver.url, &["user.created"]).await;
    world.make(&probe.url, &PROBES).await;
    world.emit("user.created").await;
    for ((attempt, delay), probe) in (1..).zip(SCHEDULE).zip(PROBES) {
        let child = SenderProcess::start(&url, world.time.now());
        let progress = world.attempted("user.created", attempt).await;
        child.kill();
        assert_due(&world, &progress, delay);
        // A moment before it is due, a process has other things to do.
        let moment = SignedDuration::from_millis(5);
        let wait = progress.due_at.duration_since(world.time.now());
        world.time.advance(wait - moment);
        world.emit(probe).await;
        let child = SenderProcess::start(&url, world.time.now());
        world.attempted(probe, 1).await;
        child.kill();
        assert_eq!(world.progress("user.created").await, progress);
        world.time.advance(moment * 2);
    }
    let _child = SenderProcess::start(&url, world.time.now());
    assert_eq!(world.attempted("user.created", 8).await.state, "exhausted");
    assert_eq!(receiver.received().len(), 8);
}
