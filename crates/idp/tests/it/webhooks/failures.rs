//! What happens when nobody answers well.

use bailiwick_idp::webhooks::LEASE;
use jiff::SignedDuration;
use tokio::net::TcpListener;

use super::world::{SCHEDULE, SECRET, World, assert_due, endpoint};
use crate::support::receiver::{Receiver, Reply};
use crate::support::until;

#[tokio::test]
async fn a_retry_keeps_id_and_body_and_signs_afresh() {
    let (world, receiver) = World::with_receiver().await;
    receiver.reply(&[Reply::Status(500)]);
    let _sender = world.run();
    world.emit("user.created").await;
    let progress = world.attempted("user.created", 1).await;
    assert_due(&world, &progress, 5);

    world.time.advance(SignedDuration::from_secs(7));
    assert_eq!(world.attempted("user.created", 2).await.state, "delivered");
    let [first, second] = &receiver.received()[..] else {
        panic!("two requests")
    };
    assert_eq!(first.header("svix-id"), second.header("svix-id"));
    assert_eq!(first.body, second.body);
    let seconds = |time: &str| -> i64 { time.parse().unwrap() };
    assert_eq!(
        seconds(second.header("svix-timestamp")) - seconds(first.header("svix-timestamp")),
        7
    );
    assert!(first.verifies_with(SECRET) && second.verifies_with(SECRET));
    let statuses: Vec<_> = world
        .attempts()
        .await
        .iter()
        .map(|attempt| attempt.0)
        .collect();
    assert_eq!(statuses, [Some(500), Some(200)]);
}

#[tokio::test]
async fn gives_up_after_eight_attempts() {
    let (world, receiver) = World::with_receiver().await;
    receiver.reply(&[Reply::Status(500); 8]);
    let _sender = world.run();
    world.emit("user.created").await;
    for (attempt, delay) in (1..).zip(SCHEDULE) {
        let progress = world.attempted("user.created", attempt).await;
        assert_due(&world, &progress, delay);
        world
            .time
            .advance(SignedDuration::from_secs(delay + delay / 4));
    }
    assert_eq!(world.attempted("user.created", 8).await.state, "exhausted");
    // Little more than a day of failures is no reason to give the endpoint up.
    assert_eq!(world.disabled().await, []);
}

#[tokio::test]
async fn an_endpoint_that_fails_for_five_days_is_disabled() {
    let (world, receiver) = World::with_receiver().await;
    receiver.reply(&[Reply::Status(500); 9]);
    let _sender = world.run();
    world.emit("user.created").await;
    for attempt in 1..=7 {
        world.attempted("user.created", attempt).await;
        world.time.advance(SignedDuration::from_hours(18));
    }
    assert_eq!(world.attempted("user.created", 8).await.state, "exhausted");
    assert_eq!(
        world.disabled().await,
        [("main".to_owned(), "failing".to_owned())]
    );
    world.emit("user.updated").await;
    assert_eq!(world.progress("user.updated").await.state, "held");

    // Said again in the configuration, it gets what waited.
    receiver.reply(&[Reply::Status(200)]);
    world
        .configure(&[endpoint("main", &receiver.url, SECRET)])
        .await;
    assert_eq!(world.disabled().await, []);
    world.attempted("user.updated", 1).await;
}

#[tokio::test]
async fn gone_disables_at_once() {
    let (world, receiver) = World::with_receiver().await;
    receiver.reply(&[Reply::Status(410)]);
    let _sender = world.run();
    world.emit("user.created").await;
    assert_eq!(world.attempted("user.created", 1).await.state, "held");
    assert_eq!(
        world.disabled().await,
        [("main".to_owned(), "gone".to_owned())]
    );
}

#[tokio::test]
async fn gone_said_many_times_at_once_holds_everything() {
    let (world, receiver) = World::with_receiver().await;
    receiver.reply(&[Reply::Status(410); 20]);
    for number in 0..20 {
        world.emit(&format!("event.{number}")).await;
    }
    let _sender = world.run();
    for number in 0..20 {
        let event = format!("event.{number}");
        until("everything is held", || async {
            (world.progress(&event).await.state == "held").then_some(())
        })
        .await;
    }
    assert_eq!(
        world.disabled().await,
        [("main".to_owned(), "gone".to_owned())]
    );
}

#[tokio::test]
async fn a_redirect_is_a_failure() {
    let (world, receiver) = World::with_receiver().await;
    receiver.reply(&[Reply::Status(302)]);
    let _sender = world.run();
    world.emit("user.created").await;
    let progress = world.attempted("user.created", 1).await;
    assert_due(&world, &progress, 5);
}

#[tokio::test]
async fn too_many_requests_waits_a_minute_and_retry_after_up_to_twice_that() {
    let (world, receiver) = World::with_receiver().await;
    receiver.reply(&[Reply::Status(429), Reply::RetryAfter(503, "999999")]);
    let _sender = world.run();
    world.emit("user.created").await;
    let progress = world.attempted("user.created", 1).await;
    assert_eq!(
        progress.due_at.duration_since(world.time.now()),
        SignedDuration::from_secs(60)
    );
    world.time.advance(SignedDuration::from_secs(61));
    let progress = world.attempted("user.created", 2).await;
    assert_due(&world, &progress, 600);
}

#[tokio::test]
async fn a_receiver_that_was_down_gets_everything_once_it_is_up() {
    let world = World::new().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let url = format!("http://{address}/hooks").parse().unwrap();
    world.configure(&[endpoint("main", &url, SECRET)]).await;
    let _sender = world.run();
    world.emit("user.created").await;
    let progress = world.attempted("user.created", 1).await;
    assert_due(&world, &progress, 5);
    let attempts = world.attempts().await;
    let error = attempts[0].1.as_deref().unwrap();
    assert!(error.starts_with("could not connect"), "{error}");

    let receiver = Receiver::start_on(TcpListener::bind(address).await.unwrap());
    world.time.advance(SignedDuration::from_secs(7));
    assert_eq!(world.attempted("user.created", 2).await.state, "delivered");
    assert_eq!(receiver.received().len(), 1);
}

#[tokio::test]
async fn an_answer_without_end_is_read_no_further_than_it_is_kept() {
    let (world, receiver) = World::with_receiver().await;
    receiver.reply(&[Reply::Endless(500), Reply::Endless(200)]);
    let _sender = world.run();
    world.emit("user.created").await;
    let progress = world.attempted("user.created", 1).await;
    assert_due(&world, &progress, 5);
    world.time.advance(SignedDuration::from_secs(7));
    assert_eq!(world.attempted("user.created", 2).await.state, "delivered");
    for (_, _, excerpt) in world.attempts().await {
        assert_eq!(excerpt.unwrap().len(), 1024);
    }
}

#[tokio::test]
async fn a_lost_answer_is_tried_again() {
    let (world, receiver) = World::with_receiver().await;
    receiver.reply(&[Reply::Hang]);
    let sender = world.run();
    world.emit("user.created").await;
    receiver.wait_for(1).await;
    // Stopped in order, it waits a few seconds for the answer and then leaves it to the lease.
    sender.stop().await;
    assert_eq!(world.progress("user.created").await.attempts, 0);
    world.time.advance(LEASE);
    let _sender = world.run();
    assert_eq!(world.attempted("user.created", 1).await.state, "delivered");
}
