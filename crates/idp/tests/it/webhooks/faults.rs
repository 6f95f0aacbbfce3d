//! Receivers that are slow, that speak something else, and what is said about giving them up.

use std::time::Duration;

use bailiwick_idp::webhooks::{LEASE, Limits, Reach};
use jiff::SignedDuration;
use serde_json::json;

use super::world::World;
use crate::support::receiver::{Receiver, Reply};
use crate::support::until;

#[tokio::test]
async fn a_receiver_that_is_too_slow_gets_a_minute() {
    let world = World::new().await;
    let receiver = Receiver::start().await;
    receiver.reply(&[Reply::Hang]);
    world.make(&receiver.url, &[]).await;
    let _sender = world.run_within(Limits {
        timeout: Duration::from_millis(200),
        ..Limits::default()
    });
    world.emit("user.created").await;
    let progress = world.attempted("user.created", 1).await;
    let wait = progress.due_at.duration_since(world.time.now());
    assert_eq!(wait, SignedDuration::from_secs(60));
    let attempts = world.attempts().await;
    assert!(
        attempts[0].1.as_deref().unwrap().starts_with("timed out"),
        "{attempts:?}"
    );
    world.time.advance(SignedDuration::from_secs(61));
    assert_eq!(world.attempted("user.created", 2).await.state, "delivered");
}

#[tokio::test]
async fn plain_http_where_tls_is_expected_is_a_failure_and_is_tried_again() {
    let world = World::new().await;
    let receiver = Receiver::start().await;
    let tls = receiver
        .url
        .as_str()
        .replace("http:", "https:")
        .parse()
        .unwrap();
    world.make(&tls, &[]).await;
    let _sender = world.run();
    world.emit("user.created").await;
    let progress = world.attempted("user.created", 1).await;
    assert_eq!(progress.state, "pending");
    let attempts = world.attempts().await;
    let error = attempts[0].1.as_deref().unwrap();
    assert!(error.starts_with("could not connect"), "{error}");
    assert_eq!(receiver.received().len(), 0);
}

#[tokio::test]
async fn who_asks_for_it_is_told_of_an_endpoint_given_up() {
    let world = World::new().await;
    let (bad, watch) = (Receiver::start().await, Receiver::start().await);
    bad.reply(&[Reply::Status(410)]);
    let id = world.make(&bad.url, &["user.created"]).await;
    world
        .make(
            &watch.url,
            &["endpoint.disabled", "message.attempt.exhausted"],
        )
        .await;
    let other = Receiver::start().await;
    world.make(&other.url, &[]).await;
    let sender = world.run();
    world.emit("user.created").await;
    let told = watch.wait_for(1).await.remove(0).json();
    assert_eq!(
        (&told["type"], &told["data"]["endpointId"]),
        (&json!("endpoint.disabled"), &json!(id))
    );
    other.wait_for(1).await;
    sender.stop().await;
    // Who asks for everything is told of people, not of the post.
    assert_eq!(other.received().len(), 1);
}

#[tokio::test]
async fn who_asks_for_it_is_told_of_a_message_given_up_and_no_more_than_that() {
    let world = World::new().await;
    let receiver = Receiver::start().await;
    // It fails at everything, also at what it is told about its failures.
    receiver.reply(&[Reply::Status(500); 40]);
    let id = world
        .make(
            &receiver.url,
            &["user.created", "message.attempt.exhausted"],
        )
        .await;
    let sender = world.run();
    world.emit("user.created").await;
    for attempt in 1..=8 {
        world.attempted("user.created", attempt).await;
        world.time.advance(SignedDuration::from_hours(13));
    }
    for attempt in 1..=8 {
        world.attempted("message.attempt.exhausted", attempt).await;
        world.time.advance(SignedDuration::from_hours(13));
    }
    sender.stop().await;
    // `progress` would fail on two messages of the type: the second failure was not announced.
    assert_eq!(
        world.progress("message.attempt.exhausted").await.state,
        "exhausted"
    );
    let told = receiver.received().pop().unwrap().json();
    assert_eq!(told["data"]["endpointId"], id);
    assert_eq!(told["data"]["msgEventType"], "user.created");
    assert_eq!(told["data"]["lastAttempt"]["responseStatusCode"], 500);
}

#[tokio::test]
async fn a_redirect_to_elsewhere_is_not_followed() {
    let world = World::new().await;
    let (receiver, elsewhere) = (Receiver::start().await, Receiver::start().await);
    receiver.redirect(elsewhere.url.as_str());
    world.make(&receiver.url, &[]).await;
    let sender = world.run_within(Limits {
        reach: Reach::Any,
        ..Limits::default()
    });
    world.emit("user.created").await;
    assert_eq!(world.attempted("user.created", 1).await.state, "pending");
    sender.stop().await;
    assert_eq!(elsewhere.received().len(), 0);
}

#[tokio::test]
async fn restarts_in_the_middle_of_many_lose_nothing() {
    let world = World::new().await;
    let receiver = Receiver::start().await;
    let id = world.make(&receiver.url, &[]).await;
    for number in 0..60 {
        world.emit(&format!("event.{number}")).await;
    }
    // Three senders are killed at work; what they held comes back when their lease is over.
    for killed in 1..=3 {
        let sender = world.run();
        receiver.wait_for(killed * 10).await;
        sender.kill().await;
        world.time.advance(LEASE + SignedDuration::from_secs(1));
    }
    let sender = world.run();
    for number in 0..60 {
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
    let ids: std::collections::HashSet<_> = received
        .iter()
        .map(|one| one.header("svix-id").to_owned())
        .collect();
    assert_eq!(ids.len(), 60);
}
