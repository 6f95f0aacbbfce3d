//! Whose e-mail is somebody else's as well.

use bailiwick_testkit::TestApp;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::{all, facts};

const RESOLVE: &str = "/platform/conflicts/resolve";

#[tokio::test]
async fn a_conflict_is_seen_with_what_to_do_and_closed_once() {
    let t = TestApp::start().await;
    let first = t.user("First", "Owner", "same@example.com").await;
    let second = t.user("Second", "Owner", "Same@Example.com").await;
    let staff = t.staff("admin_staff").await;
    let page = staff.get("/platform/conflicts").await.assert_status(200);
    insta::assert_json_snapshot!("conflict", page.redacted()["data"][0]);
    assert_eq!(
        page.json()["data"][0]["user"]["id"],
        json!(second.user().to_string())
    );
    assert_eq!(second.get("/me").await.text_of("conflict"), "shared_email");

    let both = json!({"userId": second.user(), "otherId": first.user()});
    for _ in 0..2 {
        let _ = staff.post(RESOLVE, &both).await.assert_status(204);
    }
    assert_eq!(second.get("/me").await.json()["conflict"], Value::Null);
    let open = staff.get("/platform/conflicts").await.json();
    assert_eq!(open["data"], json!([]));
    let closed = staff.get("/platform/conflicts?state=closed").await.json();
    assert_ne!(closed["data"][0]["resolvedAt"], Value::Null);
    let facts = facts(&t, "platform.resolve_conflict").await;
    assert_eq!(facts.len(), 1);
    assert_eq!(facts[0]["object_id"], json!(second.user().to_string()));

    let turned = json!({"userId": first.user(), "otherId": second.user()});
    let _ = staff
        .post(RESOLVE, turned)
        .await
        .assert_problem(404, "NOT_FOUND");
    let _ = staff
        .post(RESOLVE, json!({"userId": first.user()}))
        .await
        .assert_invalid(&["otherId"]);
}

#[tokio::test]
async fn conflicts_come_in_pages_and_end_with_the_account() {
    let t = TestApp::start().await;
    let staff = t.staff("admin_staff").await;
    for n in 0..4 {
        let _ = t.user(&format!("N{n}"), "Owner", "same@example.com").await;
        t.advance(SignedDuration::from_secs(1));
    }
    // Each newcomer is in conflict with everybody who was there.
    let open = all(&staff, "/platform/conflicts?", "reason").await;
    assert_eq!(open, ["shared_email"; 6]);
    t.tamper("update control.users set deleted_at = now() where full_name = 'N0 Owner'")
        .await;
    assert_eq!(all(&staff, "/platform/conflicts?", "reason").await.len(), 3);
    let closed = all(&staff, "/platform/conflicts?state=closed&", "reason").await;
    assert_eq!(closed.len(), 3);
    for query in ["state=x", "cursor=x"] {
        let field = query.split('=').next().unwrap();
        let refused = staff.get(format!("/platform/conflicts?{query}")).await;
        let _ = refused.assert_invalid(&[field]);
    }
}
