//! Dead letters: seen, looked at, opened again.

use bailiwick_services::inbox;
use bailiwick_store::inbox::Filter;
use bailiwick_testkit::TestApp;
use bailiwick_testkit::fixtures::{self, event};
use jiff::SignedDuration;
use serde_json::Value;

use super::ada;

/// A membership of somebody, whose organization the provider will know later, given up; the
/// organization.
pub(crate) async fn dead_letter_of(t: &TestApp, person: &Value, n: usize) -> (String, Value) {
    let now = t.now();
    let id = format!("org_late_{n}");
    let org = fixtures::organization(&id, "Late", &format!("late-{n}"), "user_nobody", now);
    let membership = fixtures::membership(&org, person, "org:member", now);
    let joined = event("organizationMembership.created", &membership, now);
    let message = t.deliver(&joined).await;
    t.settle_within(SignedDuration::from_secs(10)).await;
    assert_eq!(t.inbox_state(&message).await, "dead");
    (message, org)
}

async fn dead_letter(t: &TestApp, n: usize) -> (String, Value) {
    dead_letter_of(t, &ada(t), n).await
}

#[tokio::test]
async fn the_dead_are_listed_with_their_reason_and_rise_together() {
    let t = TestApp::start().await;
    t.expect_dead();
    let (first, first_org) = dead_letter(&t, 1).await;
    t.advance(SignedDuration::from_secs(1));
    let (second, second_org) = dead_letter(&t, 2).await;
    t.apply(&event("user.created", &ada(&t), t.now())).await;

    let store = t.app.store();
    let given_up = Filter {
        state: Some("dead"),
        ..Filter::default()
    };
    let dead = store.list_messages(&given_up, None, 10).await.unwrap();
    let ids: Vec<&str> = dead.iter().map(|m| m.id.as_str()).collect();
    assert_eq!(ids, [second.as_str(), first.as_str()], "the newest first");
    assert!(dead[0].last_error.as_ref().unwrap().contains("org_late_2"));
    let place = Some((dead[0].received_at, dead[0].id.as_str()));
    let rest = store.list_messages(&given_up, place, 10).await.unwrap();
    assert_eq!(rest[0].id, first);
    let all = store.list_messages(&Filter::default(), None, 2).await;
    assert_eq!(all.unwrap().len(), 2);
    let (summary, body) = store.find_message(&first).await.unwrap().unwrap();
    assert_eq!(summary.event_type, "organizationMembership.created");
    assert!(body.contains("org_late_1"));
    assert!(store.find_message("msg_none").await.unwrap().is_none());

    t.provider.know(&first_org);
    let opened = inbox::reopen_all(store, t.app.env()).await.unwrap();
    assert_eq!(opened, 2);
    t.settle_within(SignedDuration::from_secs(10)).await;
    assert_eq!(t.inbox_state(&first).await, "done");
    assert_eq!(
        t.inbox_state(&second).await,
        "dead",
        "its time has not come"
    );

    t.provider.know(&second_org);
    assert_eq!(inbox::reopen_all(store, t.app.env()).await.unwrap(), 1);
    t.settle().await;
    assert_eq!(t.inbox_state(&second).await, "done");
    assert_eq!(inbox::reopen_all(store, t.app.env()).await.unwrap(), 0);
}
