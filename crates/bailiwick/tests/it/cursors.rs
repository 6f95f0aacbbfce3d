//! Cursors that no page of ours named.

use bailiwick_kernel::Tier;
use bailiwick_kernel::page::Cursor;
use bailiwick_testkit::TestApp;
use bailiwick_testkit::fixtures::{changed, event};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use uuid::Uuid;

#[tokio::test]
async fn a_forged_cursor_is_refused_by_every_list() {
    for tier in Tier::ALL {
        let t = TestApp::start().await;
        let acme = t.tenant("acme", *tier).await;
        let owner = acme.owner();
        let made = owner.post("/projects", json!({"name": "Alpha"})).await;
        let project = format!("/projects/{}", made.assert_status(201).id());
        let by_time = [
            "/projects".to_owned(),
            format!("{project}/members"),
            format!("{project}/documents"),
            format!("/organizations/{}/members", acme.id),
        ];
        let forged = |key: &str| Cursor::after(key, Uuid::nil()).to_string();
        let of_no_list = [
            "x".to_owned(),
            "A".repeat(2000),
            forged("\0"),
            forged("a\0b"),
        ];
        let of_another_order = [
            forged(""),
            forged("acme"),
            forged("\u{7}"),
            forged("2026-01-01"),
            forged("-009999-01-02T01:59:59Z"),
            forged("1969-12-31T23:59:59.999999Z"),
        ];
        for path in &by_time {
            for cursor in of_no_list.iter().chain(&of_another_order) {
                let answer = owner.get(format!("{path}?cursor={cursor}")).await;
                let _ = answer.assert_invalid(&["cursor"]);
            }
            let last = Cursor::after(Timestamp::MAX, Uuid::max()).to_string();
            let answer = owner.get(format!("{path}?cursor={last}")).await;
            let _ = answer.assert_status(200);
        }
        for cursor in &of_no_list {
            let answer = owner.get(format!("/organizations?cursor={cursor}")).await;
            let _ = answer.assert_invalid(&["cursor"]);
        }
    }
}

/// The provider takes names that we would not.
#[tokio::test]
async fn a_cursor_carries_whatever_name_an_organization_has() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let globex = t.tenant("globex", Tier::Starter).await;
    let user = acme.owner();
    t.apply(&event(
        "organizationMembership.created",
        &t.provider_membership(&globex, user, "org:member"),
        t.now(),
    ))
    .await;
    t.advance(SignedDuration::from_secs(1));
    let renamed = changed(&acme.resource, t.now(), json!({"name": "a\tb\u{85}"}));
    t.apply(&event("organization.updated", &renamed, t.now()))
        .await;
    let first = user.get("/organizations?limit=1").await;
    assert_eq!(first.column("name"), ["a\tb\u{85}"]);
    let path = format!(
        "/organizations?limit=1&cursor={}",
        first.text_of("nextCursor")
    );
    assert_eq!(user.get(path).await.column("name"), ["globex"]);
}
