//! Minds are changed, organizations end, schemas are behind.

use bailiwick_kernel::Tier;
use bailiwick_testkit::fixtures::{deleted, event};
use serde_json::json;

use super::{assert_one_home, fill, home, rows, server, walk, want};

#[tokio::test]
async fn a_move_is_undone_at_any_step_before_the_switch() {
    for (from, to) in [(Tier::Starter, Tier::Pro), (Tier::Pro, Tier::Starter)] {
        for at in 0..28 {
            let t = server().await;
            let acme = t.tenant("acme", from).await;
            fill(&t, &acme, 10).await;
            let before = rows(&t, &acme, &home(&t, &acme).await).await;
            want(&t, &acme, to).await;
            let steps = walk(&t, &acme, async |n| {
                if n == at {
                    want(&t, &acme, from).await;
                }
            })
            .await;
            if steps < at {
                // It had ended before.
                break;
            }
            let now = assert_one_home(&t, &acme).await;
            assert_eq!(rows(&t, &acme, &now).await, before, "{from} at {at}");
            let path = format!("/organizations/{}", acme.id);
            let shown = acme.owner().get(&path).await.json();
            assert_eq!(shown["provisioningStatus"], "COMPLETED");
            assert_eq!(shown["tier"], from.as_str(), "{from} at {at}");
        }
    }
}

#[tokio::test]
async fn an_organization_that_ends_moves_no_further() {
    let t = server().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    fill(&t, &acme, 10).await;
    want(&t, &acme, Tier::Pro).await;
    walk(&t, &acme, async |n| {
        if n == 5 {
            let end = deleted(&json!({"id": acme.clerk_org_id, "object": "organization"}));
            let message = t
                .deliver(&event("organization.deleted", &end, t.now()))
                .await;
            bailiwick_services::inbox::process(&t.app, &message)
                .await
                .unwrap();
        }
    })
    .await;
    assert_eq!(assert_one_home(&t, &acme).await, "tenant_shared");
}

#[tokio::test]
async fn before_there_is_a_home_the_first_one_is_made_as_wanted() {
    let t = server().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    t.tamper(&format!(
        "delete from tenant_shared.members where tenant_id = '{id}';
         delete from control.placements where organization_id = '{id}';
         update control.organizations set provisioning_status = 'PENDING' where id = '{id}'",
        id = acme.id
    ))
    .await;
    want(&t, &acme, Tier::Pro).await;
    t.settle().await;
    let _ = t
        .provision(&json!({"clerkOrgId": acme.clerk_org_id}))
        .await
        .assert_status(201);
    assert_ne!(assert_one_home(&t, &acme).await, "tenant_shared");
    let _ = acme.owner().get("/projects").await.assert_status(200);
}

#[tokio::test]
async fn a_table_that_notes_nothing_keeps_its_tenants_where_they_are() {
    let t = server().await;
    t.expect_dead();
    let acme = t.tenant("acme", Tier::Starter).await;
    t.tamper("drop trigger capture_approvals on tenant_shared.approvals")
        .await;
    let findings = t.app.store().gate().await.unwrap();
    assert!(findings[0].problem.contains("approvals"), "{findings:?}");
    assert!(
        findings[0]
            .remedy
            .contains("create trigger capture_approvals")
    );
    want(&t, &acme, Tier::Pro).await;
    t.settle().await;
    assert_eq!(home(&t, &acme).await, "tenant_shared");
    let failed =
        "select 1 from control.jobs where kind = 'tenants.move' and last_error like '%capture%'";
    assert_eq!(t.count(failed).await, 1);
    let _ = acme.owner().get("/projects").await.assert_status(200);
}
