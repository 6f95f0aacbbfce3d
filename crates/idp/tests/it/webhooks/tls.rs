//! Receivers whose certificates are not in order: nothing is told to them, and they are tried again
//! like any other that fails.

use jiff::SignedDuration;

use super::process::SenderProcess;
use super::world::{SCHEDULE, World, assert_due};
use crate::support::receiver::Receiver;
use crate::support::tls::{Authority, Identity};

#[tokio::test]
async fn who_cannot_prove_the_name_hears_nothing_on_the_whole_schedule() {
    let world = World::new().await;
    let receiver = Receiver::start_tls(Identity::self_signed()).await;
    world.make(&receiver.url, &[]).await;
    let _sender = world.run();
    world.emit("user.created").await;
    for (attempt, delay) in (1..).zip(SCHEDULE) {
        let progress = world.attempted("user.created", attempt).await;
        assert_due(&world, &progress, delay);
        let wait = progress.due_at.duration_since(world.time.now());
        // The clock has whole milliseconds.
        world.time.advance(wait + SignedDuration::from_millis(1));
    }
    assert_eq!(world.attempted("user.created", 8).await.state, "exhausted");
    let attempts = world.attempts().await;
    assert_eq!(attempts.len(), 8);
    for (status, error, _) in attempts {
        let error = error.unwrap();
        assert!(status.is_none() && error.starts_with("could not connect: "));
        assert!(error.contains("invalid peer certificate"), "{error}");
    }
    assert_eq!(receiver.received().len(), 0);
}

/// The authority is made known as operators do it, by the environment of the process. Only where
/// the system's authorities are files.
#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_trusted_authority_counts_for_the_right_name_and_time_alone() {
    let (world, url) = World::reachable().await;
    let (authority, stranger) = (Authority::new("Ours"), Authority::new("Another"));
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), &authority.pem).unwrap();
    let cases = [
        ("user.created", authority.good(), None),
        ("user.updated", stranger.good(), Some("UnknownIssuer")),
        ("user.deleted", authority.expired(), Some("expired")),
        (
            "session.created",
            authority.of_another_name(),
            Some("not valid for name"),
        ),
        (
            "session.ended",
            Identity::self_signed(),
            Some("UnknownIssuer"),
        ),
    ];
    let mut receivers = Vec::new();
    for (event, identity, error) in cases {
        let receiver = Receiver::start_tls(identity).await;
        let id = world.make(&receiver.url, &[event]).await;
        world.emit(event).await;
        receivers.push((event, receiver, id, error));
    }
    let child = SenderProcess::trusting(&url, world.time.now(), file.path());
    for (event, receiver, _, error) in &receivers {
        let progress = world.attempted(event, 1).await;
        match error {
            None => assert_eq!(progress.state, "delivered", "{event}"),
            Some(error) => {
                assert_due(&world, &progress, SCHEDULE[0]);
                let told = world.error_of(event).await;
                assert!(told.contains("invalid peer certificate"), "{told}");
                assert!(told.contains(error), "{told}");
                assert_eq!(receiver.received().len(), 0);
            }
        }
    }
    child.kill();

    // Who puts a good certificate in place gets at the next attempt what was meant for them.
    let mut mended = Vec::new();
    for (event, receiver, id, _) in receivers {
        mended.push((event, receiver.restart_tls(authority.good()).await, id));
    }
    world.time.advance(SignedDuration::from_secs(7));
    let child = SenderProcess::trusting(&url, world.time.now(), file.path());
    for (event, receiver, id) in mended.iter().skip(1) {
        assert_eq!(world.attempted(event, 2).await.state, "delivered");
        let secret = world.secret(id).await;
        assert!(receiver.received()[0].verifies_with(&secret));
    }
    assert_eq!(mended[0].1.received().len(), 0, "it had arrived");
    child.kill();
}
