//! When a sweep is due.

use std::time::Duration;

use bailiwick_testkit::TestApp;
use jiff::SignedDuration;

use super::started;

async fn sweeps(t: &TestApp) -> usize {
    t.count("select id from control.sweeps where outcome = 'done'")
        .await
}

#[tokio::test]
async fn regularly_and_after_a_time_away() {
    let t = started().await;
    assert!(
        t.app.sweep_if_due(None).await.unwrap(),
        "there never was one"
    );
    assert!(!t.app.sweep_if_due(None).await.unwrap());
    t.advance(SignedDuration::from_mins(59));
    assert!(!t.app.sweep_if_due(None).await.unwrap());
    t.advance(SignedDuration::from_mins(1));
    assert!(t.app.sweep_if_due(None).await.unwrap());
    t.advance(SignedDuration::from_mins(2));
    let came_back = Some(t.now());
    assert!(
        t.app.sweep_if_due(came_back).await.unwrap(),
        "webhooks came in vain"
    );
    assert!(
        !t.app.sweep_if_due(came_back).await.unwrap(),
        "another server has done it"
    );
    assert_eq!(sweeps(&t).await, 3);
}

#[tokio::test]
async fn what_was_left_is_gone_on_with_and_not_at_once() {
    let t = started().await;
    t.provider.fail_with(404);
    assert!(t.app.sweep_if_due(None).await.is_err());
    t.provider.recover();
    assert!(
        !t.app.sweep_if_due(None).await.unwrap(),
        "the provider has a rest"
    );
    t.advance(SignedDuration::from_mins(6));
    assert!(t.app.sweep_if_due(None).await.unwrap());
    assert_eq!(sweeps(&t).await, 1);
}

#[tokio::test]
async fn never_where_nobody_wants_it() {
    let t = TestApp::options()
        .rules(|rules| rules.sync.sweep_every = None)
        .start()
        .await;
    assert!(!t.app.sweep_if_due(Some(t.now())).await.unwrap());
    assert_eq!(t.count("select id from control.sweeps").await, 0);
    assert_eq!(t.provider.take_calls(), [""; 0]);
}

/// The loop that every server runs: the first round sweeps, and says that somebody is here.
#[tokio::test]
async fn a_server_that_starts_sweeps() {
    let t = started().await;
    let app = t.app.clone();
    let keeping = tokio::spawn(async move { app.keep_in_step().await });
    let alive = async || t.count("select alive_at from control.pulse").await == 1;
    let deadline = std::time::Instant::now() + Duration::from_secs(30);
    while !alive().await {
        assert!(std::time::Instant::now() < deadline && !keeping.is_finished());
    }
    assert_eq!(sweeps(&t).await, 1);
    keeping.abort();
}
