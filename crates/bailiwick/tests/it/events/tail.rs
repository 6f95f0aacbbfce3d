//! The tail itself: in order, complete, bounded, and closed to who serves.

use std::time::Duration;

use bailiwick_kernel::Tier;
use bailiwick_store::events::{Event, Position};
use bailiwick_store::{Store, organizations};
use bailiwick_testkit::TestApp;

/// Transactions of other tests hold the tail up as well: they share the server.
const PATIENCE: Duration = Duration::from_secs(30);

/// Where the tail ends, once nothing of what was done so far waits for other transactions.
async fn end_of_tail(t: &TestApp) -> Position {
    let look = async {
        loop {
            let written = t.count("select id from control.changes").await;
            let (end, events) = t.app.store().newest_events(1000).await.unwrap();
            if events.len() == written {
                return end;
            }
        }
    };
    tokio::time::timeout(PATIENCE, look).await.unwrap()
}

/// What came after `position`, once there is something.
async fn after(store: &Store, position: Position) -> Vec<Event> {
    let look = async {
        loop {
            let events = store.events_after(position, 10).await.unwrap();
            if !events.is_empty() {
                return events;
            }
        }
    };
    tokio::time::timeout(PATIENCE, look).await.unwrap()
}

#[tokio::test]
async fn a_late_commit_is_not_passed_over() {
    let t = TestApp::options().tiers_as_written().start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let globex = t.tenant("globex", Tier::Starter).await;
    let store = t.app.store();
    let start = end_of_tail(&t).await;
    let mut late = store.control().await.unwrap();
    let now = t.now();
    organizations::set_tier(&mut late, acme.id, "pro", now)
        .await
        .unwrap();
    t.tamper(&format!(
        "update control.organizations set name = 'Renamed' where id = '{}'",
        globex.id
    ))
    .await;
    // What committed is visible, and waits for what began before it.
    assert_eq!(store.events_after(start, 10).await.unwrap(), []);
    late.commit().await.unwrap();
    let events = after(store, start).await;
    let orgs: Vec<_> = events.iter().filter_map(|e| e.organization).collect();
    assert_eq!(orgs, [acme.id, globex.id]);
    let rest = store.events_after(events[0].position, 10).await.unwrap();
    assert_eq!(rest, events[1..]);
    assert_eq!(store.events_after(start, 1).await.unwrap(), events[..1]);
}

#[tokio::test]
async fn what_was_undone_is_no_event() {
    let t = TestApp::options().tiers_as_written().start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let store = t.app.store();
    let start = end_of_tail(&t).await;
    let mut undone = store.control().await.unwrap();
    let now = t.now();
    organizations::set_tier(&mut undone, acme.id, "pro", now)
        .await
        .unwrap();
    drop(undone);
    t.tamper(&format!(
        "update control.organizations set name = 'Renamed' where id = '{}'",
        acme.id
    ))
    .await;
    let events = after(store, start).await;
    assert_eq!(events.len(), 1, "{events:?}");
}

#[tokio::test]
async fn what_is_old_is_removed_a_bite_at_a_time() {
    let t = TestApp::start().await;
    t.tenant("acme", Tier::Starter).await;
    let store = t.app.store();
    let count = async || t.count("select id from control.changes").await;
    let before = count().await;
    assert!(before > 5, "{before}");
    assert_eq!(store.forget_events(600, 1000).await.unwrap(), 0);
    t.tamper("update control.changes set at = at - interval '11 min'")
        .await;
    assert_eq!(store.forget_events(600, 3).await.unwrap(), 3);
    assert_eq!(count().await, before - 3);
    while store.forget_events(600, 1000).await.unwrap() > 0 {}
    assert_eq!(count().await, 0);
}

#[tokio::test]
async fn who_serves_may_neither_read_nor_write_the_tail() {
    let t = TestApp::start().await;
    for statement in [
        "select 1 from control.changes",
        "insert into control.changes (kind, object_id) values ('users', '1')",
        "delete from control.changes",
        "select nextval(pg_get_serial_sequence('control.changes', 'id'))",
    ] {
        let refused = t.app.store().pool().batch(statement).await;
        let error = refused.unwrap_err().to_string();
        assert!(error.contains("permission denied"), "{statement}: {error}");
    }
}
