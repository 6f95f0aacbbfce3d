//! Saying again what was said.

use bailiwick_idp::store::Page;
use bailiwick_idp::webhooks::history::{self, Tally};
use bailiwick_idp::webhooks::{Replay, manage, replay_message, replay_since};
use jiff::{SignedDuration, Timestamp};

use super::world::World;
use crate::support::receiver::{Receiver, Reply};

async fn replay(world: &World, id: &str, since: Timestamp, which: Replay) -> u64 {
    let mut tx = world.pool.begin().await.unwrap();
    let moved = replay_since(&mut tx, &world.time.env, id, since, which)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    world.wake.nudge();
    moved
}

#[tokio::test]
async fn one_message_is_sent_again_under_its_id() {
    let world = World::new().await;
    let receiver = Receiver::start().await;
    let id = world.make(&receiver.url, &[]).await;
    let _sender = world.run();
    world.emit("user.created").await;
    world.attempted("user.created", 1).await;
    let (message, _) = world.sent_to("user.created", &id).await;

    let mut tx = world.pool.begin().await.unwrap();
    replay_message(&mut tx, &world.time.env, &message, &id)
        .await
        .unwrap();
    assert!(
        replay_message(&mut tx, &world.time.env, "msg_none", &id)
            .await
            .is_err()
    );
    assert!(
        replay_message(&mut tx, &world.time.env, &message, "ep_none")
            .await
            .is_err()
    );
    tx.commit().await.unwrap();
    let received = receiver.wait_for(2).await;
    assert_eq!(received[0].header("svix-id"), received[1].header("svix-id"));
    assert_eq!(received[0].body, received[1].body);
    let secret = world.secret(&id).await;
    assert!(received.iter().all(|one| one.verifies_with(&secret)));

    let mut tx = world.pool.begin().await.unwrap();
    let attempts = history::attempts(&mut tx, &message).await.unwrap();
    assert!(!attempts.is_empty() && attempts.iter().all(|one| one.status == Some(200)));
    assert_eq!(
        history::find_message(&mut tx, &message)
            .await
            .unwrap()
            .payload
            .as_bytes(),
        received[0].body
    );
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_time_is_replayed_by_what_became_of_it() {
    let world = World::new().await;
    let (early, receiver) = (Receiver::start().await, Receiver::start().await);
    world.make(&early.url, &[]).await;
    world.emit("user.deleted").await;
    world.time.advance(SignedDuration::from_hours(1));
    let since = world.time.now();
    world.emit("user.created").await;
    let id = world
        .make(&receiver.url, &["user.created", "user.updated"])
        .await;
    receiver.reply(&[Reply::Status(500); 8]);
    let _sender = world.run();
    world.emit("user.updated").await;
    for attempt in 1..=8 {
        // Three of them are the other receiver's.
        crate::support::until("an attempt on record", || async {
            (world.attempts().await.len() >= 3 + attempt).then_some(())
        })
        .await;
        world.time.advance(SignedDuration::from_hours(13));
    }
    crate::support::until("the end", || async {
        (world.sent_to("user.updated", &id).await.1.as_deref() == Some("exhausted")).then_some(())
    })
    .await;

    // What was said before the endpoint existed, then what it failed at, then everything.
    assert_eq!(replay(&world, &id, since, Replay::Missing).await, 1);
    receiver.wait_for(9).await;
    assert_eq!(replay(&world, &id, since, Replay::Failed).await, 1);
    receiver.wait_for(10).await;
    crate::support::until("all delivered", || async {
        let mut tx = world.pool.begin().await.unwrap();
        let tally = history::tally(&mut tx, &id).await.unwrap();
        tx.commit().await.unwrap();
        (tally.delivered == 2).then_some(())
    })
    .await;
    assert_eq!(replay(&world, &id, since, Replay::Failed).await, 0);
    assert_eq!(replay(&world, &id, since, Replay::All).await, 2);
    let received = receiver.wait_for(12).await;
    let types: Vec<_> = received[8..]
        .iter()
        .map(|one| one.json()["type"].clone())
        .collect();
    assert_eq!(types[..2], ["user.created", "user.updated"]);
    assert!(
        !types.contains(&"user.deleted".into()),
        "said before, and not asked for"
    );
    let mut tx = world.pool.begin().await.unwrap();
    let page = Page::new(Some(10), None);
    let listed = history::deliveries(&mut tx, &id, "", page).await.unwrap();
    assert_eq!(listed.len(), 2);
    assert_eq!(
        history::messages(&mut tx, "user.deleted", page)
            .await
            .unwrap()
            .len(),
        1
    );
    let tally = history::tally(&mut tx, &id).await.unwrap();
    assert_eq!(
        (tally.exhausted, tally.held),
        (Tally::default().exhausted, 0)
    );

    // Out of service, it is not to be replayed to: it would look done.
    manage::disable(&mut tx, &world.time.env, &id)
        .await
        .unwrap();
    assert!(
        replay_since(&mut tx, &world.time.env, &id, since, Replay::All)
            .await
            .is_err()
    );
    tx.commit().await.unwrap();
}
