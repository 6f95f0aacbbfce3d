//! Endpoints that are made, changed and removed while the sender runs.

use bailiwick_idp::webhooks::manage::{self, EndpointInput};
use bailiwick_idp::webhooks::{Limits, Reach, Replay, SigningSecret, history, replay_since};
use bailiwick_idp::{Error, Result};
use jiff::SignedDuration;

use super::world::{SECRET, World, endpoint};
use crate::support::receiver::{Received, Receiver, Reply};
use crate::support::until;

fn input(url: &str, events: &[&str]) -> EndpointInput {
    EndpointInput {
        url: url.to_owned(),
        description: "audit".to_owned(),
        events: events.iter().map(|event| (*event).to_owned()).collect(),
    }
}

#[track_caller]
fn code<T: std::fmt::Debug>(result: Result<T>) -> String {
    match result.unwrap_err() {
        Error::Refused(refusal) => refusal.errors[0].code.clone(),
        other => panic!("{other}"),
    }
}

#[tokio::test]
async fn an_endpoint_gets_the_types_that_it_names() {
    let world = World::new().await;
    let (all, some) = (Receiver::start().await, Receiver::start().await);
    let all_id = world.make(&all.url, &[]).await;
    let some_id = world
        .make(&some.url, &["user.deleted", "user.created"])
        .await;
    let sender = world.run();
    for event in ["user.created", "user.updated", "user.deleted"] {
        world.emit(event).await;
    }
    let received = some.wait_for(2).await;
    all.wait_for(3).await;
    sender.stop().await;
    let types: Vec<_> = received
        .iter()
        .map(|one| one.json()["type"].clone())
        .collect();
    assert_eq!(types, ["user.created", "user.deleted"]);
    assert!(received[0].verifies_with(&world.secret(&some_id).await));
    assert!(!received[0].verifies_with(&world.secret(&all_id).await));
    assert_eq!((all.received().len(), some.received().len()), (3, 2));
    assert_eq!(world.sent_to("user.updated", &some_id).await.1, None);
}

#[tokio::test]
async fn what_is_confidential_goes_to_who_names_it_alone() {
    let world = World::new().await;
    let (all, some) = (Receiver::start().await, Receiver::start().await);
    let since = world.time.now();
    world.emit("sms.created").await;
    let all_id = world.make(&all.url, &[]).await;
    let some_id = world.make(&some.url, &["email.created"]).await;
    let _sender = world.run();
    for event in ["email.created", "user.created"] {
        world.emit(event).await;
    }
    all.wait_for(1).await;
    some.wait_for(1).await;
    let (_, state) = world.sent_to("email.created", &all_id).await;
    assert_eq!(state, None);
    // Nor when all is said again.
    for (id, count) in [(&all_id, 1), (&some_id, 1)] {
        until("everything delivered", || async {
            let mut tx = world.pool.begin().await.unwrap();
            let tally = history::tally(&mut tx, id).await.unwrap();
            tx.commit().await.unwrap();
            (tally.delivered == 1).then_some(())
        })
        .await;
        let mut tx = world.pool.begin().await.unwrap();
        let moved = replay_since(&mut tx, &world.time.env, id, since, Replay::All).await;
        tx.commit().await.unwrap();
        assert_eq!(moved.unwrap(), count);
    }
    world.wake.nudge();
    let types = |received: Vec<Received>| {
        let mut types = received.into_iter().map(|one| one.json()["type"].clone());
        [types.next().unwrap(), types.next().unwrap()]
    };
    assert_eq!(types(all.wait_for(2).await), ["user.created"; 2]);
    assert_eq!(types(some.wait_for(2).await), ["email.created"; 2]);
}

#[tokio::test]
async fn a_change_holds_from_the_next_event_on() {
    let world = World::new().await;
    let (old, new) = (Receiver::start().await, Receiver::start().await);
    old.reply(&[Reply::Status(500)]);
    let id = world.make(&old.url, &["user.created"]).await;
    let _sender = world.run();
    world.emit("user.created").await;
    world.attempted("user.created", 1).await;

    let mut tx = world.pool.begin().await.unwrap();
    let changed = input(new.url.as_str(), &["user.updated"]);
    let changed = manage::change(&mut tx, &world.time.env, Reach::Loopback, &id, &changed)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(
        (changed.url.as_str(), changed.description.as_str()),
        (new.url.as_str(), "audit")
    );
    // What waited for the old address goes to the new one at once; new types from now on.
    assert_eq!(world.attempted("user.created", 2).await.state, "delivered");
    world.emit("user.updated").await;
    let received = new.wait_for(2).await;
    let types: Vec<_> = received
        .iter()
        .map(|one| one.json()["type"].clone())
        .collect();
    assert_eq!(types, ["user.created", "user.updated"]);
    assert_eq!(old.received().len(), 1);
}

#[tokio::test]
async fn each_rotation_adds_a_signature_for_a_day() {
    let world = World::new().await;
    let receiver = Receiver::start().await;
    let id = world.make(&receiver.url, &[]).await;
    let mut secrets = vec![world.secret(&id).await];
    for _ in 0..2 {
        world.time.advance(SignedDuration::from_hours(1));
        let mut tx = world.pool.begin().await.unwrap();
        manage::rotate(&mut tx, &world.time.env, &id).await.unwrap();
        tx.commit().await.unwrap();
        secrets.push(world.secret(&id).await);
    }
    let _sender = world.run();
    world.emit("user.created").await;
    let received = receiver.wait_for(1).await.remove(0);
    assert!(secrets.iter().all(|secret| received.verifies_with(secret)));
    assert_eq!(received.header("svix-signature").split(' ').count(), 3);

    // The first ran out 24 hours after the first rotation, the second an hour later.
    world.time.advance(SignedDuration::from_hours(23));
    world.emit("user.updated").await;
    let received = receiver.wait_for(2).await.remove(1);
    let verify = |secret: &String| received.verifies_with(secret);
    assert_eq!(
        secrets.iter().map(verify).collect::<Vec<_>>(),
        [false, true, true]
    );
}

#[tokio::test]
async fn rotations_have_a_bound() {
    let world = World::new().await;
    let receiver = Receiver::start().await;
    let id = world.make(&receiver.url, &[]).await;
    let mut tx = world.pool.begin().await.unwrap();
    for _ in 0..10 {
        manage::rotate(&mut tx, &world.time.env, &id).await.unwrap();
    }
    assert_eq!(
        code(
            manage::rotate(&mut tx, &world.time.env, &id)
                .await
                .map(|_| ())
        ),
        "too_many_rotations"
    );
    world.time.advance(SignedDuration::from_hours(24));
    manage::rotate(&mut tx, &world.time.env, &id).await.unwrap();
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn one_out_of_service_misses_nothing_and_one_removed_is_gone() {
    let world = World::new().await;
    let (stopped, removed) = (Receiver::start().await, Receiver::start().await);
    let stopped_id = world.make(&stopped.url, &[]).await;
    let removed_id = world.make(&removed.url, &[]).await;
    let mut tx = world.pool.begin().await.unwrap();
    let made = manage::disable(&mut tx, &world.time.env, &stopped_id)
        .await
        .unwrap();
    assert_eq!(made.disabled_reason.as_deref(), Some("manual"));
    manage::delete(&mut tx, &removed_id).await.unwrap();
    assert_eq!(
        code(manage::get(&mut tx, &removed_id).await),
        "resource_not_found"
    );
    assert_eq!(
        code(manage::delete(&mut tx, &removed_id).await),
        "resource_not_found"
    );
    tx.commit().await.unwrap();

    let _sender = world.run();
    world.emit("user.created").await;
    assert_eq!(world.progress("user.created").await.state, "held");
    // A start of the instance leaves alone what was stopped by hand and is not configured.
    world.configure(&[]).await;
    assert_eq!(
        world.disabled().await,
        [(stopped.url.to_string(), "manual".to_owned())]
    );
    let mut tx = world.pool.begin().await.unwrap();
    manage::enable(&mut tx, &world.time.env, &stopped_id)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    assert_eq!(world.attempted("user.created", 1).await.state, "delivered");
    assert_eq!((stopped.received().len(), removed.received().len()), (1, 0));
}

#[tokio::test]
async fn a_configured_endpoint_can_be_stopped_and_nothing_else() {
    let (world, receiver) = World::with_receiver().await;
    let mut tx = world.pool.begin().await.unwrap();
    let id = manage::list(&mut tx).await.unwrap().remove(0).id;
    let env = &world.time.env;
    let change = input("http://127.0.0.1:1/", &[]);
    let refused = manage::change(&mut tx, env, Reach::Any, &id, &change).await;
    assert_eq!(code(refused), "endpoint_is_configured");
    let refused = manage::rotate(&mut tx, env, &id).await.map(|_| ());
    assert_eq!(code(refused), "endpoint_is_configured");
    assert_eq!(
        code(manage::delete(&mut tx, &id).await),
        "endpoint_is_configured"
    );
    manage::disable(&mut tx, env, &id).await.unwrap();
    tx.commit().await.unwrap();
    // What a person has stopped, a start does not put back.
    world
        .configure(&[endpoint("main", &receiver.url, SECRET)])
        .await;
    assert_eq!(
        world.disabled().await,
        [("main".to_owned(), "manual".to_owned())]
    );
}

#[tokio::test]
async fn what_cannot_be_an_endpoint_is_refused() {
    let world = World::new().await;
    let mut tx = world.pool.begin().await.unwrap();
    for (input, expected) in [
        (input("ftp://example.com", &[]), "form_param_format_invalid"),
        (input("http://10.0.0.1/", &[]), "form_param_format_invalid"),
        (
            input("http://169.254.169.254/latest", &[]),
            "form_param_format_invalid",
        ),
        (
            input("https://example.com", &["user.craeted"]),
            "form_param_format_invalid",
        ),
    ] {
        let made = manage::create(&mut tx, &world.time.env, Reach::Loopback, &input).await;
        assert_eq!(code(made), expected, "{}", input.url);
    }
    for _ in 0..50 {
        let input = input("https://example.com/hooks", &[]);
        manage::create(&mut tx, &world.time.env, Reach::Public, &input)
            .await
            .unwrap();
    }
    let one_more = input("https://example.com/hooks", &[]);
    let made = manage::create(&mut tx, &world.time.env, Reach::Public, &one_more).await;
    assert_eq!(code(made), "endpoint_quota_exceeded");
}

#[tokio::test]
async fn a_name_that_leads_inside_is_not_followed() {
    let (world, receiver) = World::with_receiver().await;
    let limits = Limits {
        reach: Reach::Public,
        ..Limits::default()
    };
    // Once by the address itself, once by a name that leads to it.
    let by_name = receiver
        .url
        .as_str()
        .replace("127.0.0.1", "localhost")
        .parse()
        .unwrap();
    world
        .configure(&[
            endpoint("main", &receiver.url, SECRET),
            endpoint("name", &by_name, SECRET),
        ])
        .await;
    let sender = world.run_within(limits);
    world.emit("user.created").await;
    crate::support::until("both attempts", || async {
        (world.attempts().await.len() == 2).then_some(())
    })
    .await;
    sender.stop().await;
    assert_eq!(receiver.received().len(), 0);
    for (status, error, _) in world.attempts().await {
        assert_eq!(status, None);
        assert!(error.unwrap().contains("do not allow"));
    }
    // Within its reach, the same goes through.
    world.time.advance(SignedDuration::from_secs(7));
    let _sender = world.run();
    receiver.wait_for(2).await;
}

#[tokio::test]
async fn secrets_are_never_shown_by_accident() {
    let secret = SigningSecret::generate(&World::new().await.time.env).unwrap();
    assert!(SigningSecret::parse(secret.expose()).is_ok());
    assert!(!format!("{secret:?}").contains(&secret.expose()[6..]));
}
