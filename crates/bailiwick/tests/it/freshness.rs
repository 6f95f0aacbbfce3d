//! What another process changes is in force here, although the context of the request is cached
//! and proven fresh.

use bailiwick_kernel::Tier;
use bailiwick_testkit::TestApp;

#[tokio::test]
async fn a_change_by_another_process_ends_what_is_cached() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let app = t.app.clone();
    let following = tokio::spawn(async move { app.follow_changes().await });
    let _ = acme.owner().get("/me").await.assert_status(200);
    t.tamper(&format!(
        "update control.users set is_active = false, version = version + 1 where id = '{}'",
        acme.owner().user()
    ))
    .await;
    let _ = t
        .eventually(
            async || acme.owner().get("/me").await,
            |answer| answer.outcome().starts_with("401"),
        )
        .await;
    following.abort();
}

#[tokio::test]
async fn every_change_of_a_context_is_announced() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let mut changes = t.app.store().changes().await.unwrap();
    let (user, org) = (acme.owner().user(), acme.id);
    for (table, set, id) in [
        ("users", "is_active = false", format!("id = '{user}'")),
        (
            "users",
            "platform_role = 'admin_staff'",
            format!("id = '{user}'"),
        ),
        (
            "memberships",
            "status = 'suspended'",
            format!("user_id = '{user}'"),
        ),
        (
            "memberships",
            "role = 'viewer'",
            format!("user_id = '{user}'"),
        ),
        (
            "organizations",
            "deleted_at = now()",
            format!("id = '{org}'"),
        ),
        (
            "placements",
            "epoch = epoch + 1",
            format!("organization_id = '{org}'"),
        ),
    ] {
        t.tamper(&format!("update control.{table} set {set} where {id}"))
            .await;
        let heard = format!("{:?}", changes.next().await.unwrap());
        let expected = match table {
            "users" | "memberships" => "User(",
            _ => "Organization(",
        };
        assert!(heard.starts_with(expected), "{table} {set}: {heard}");
    }
    // A sign of life is none: the next thing that is heard is our own echo.
    t.tamper("update control.users set last_active_at = now()")
        .await;
    changes.ping("after").await.unwrap();
    let heard = format!("{:?}", changes.next().await.unwrap());
    assert_eq!(heard, "Ping(\"after\")");
}
