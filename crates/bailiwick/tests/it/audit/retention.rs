//! The removal of a tenant's facts: by one role, after the tenant, with a tombstone.

use bailiwick_services::audit::What;
use bailiwick_store::audit::{Chain, Tombstone, retention};
use bailiwick_testkit::{TestApp, World, audit_keys};
use serde_json::json;

use super::{behind, chained, findings, projects, verified};
use crate::abandoned::abandon;

/// Removes the tenant's home, as the removal of a tenant does first.
async fn close(t: &TestApp, world: &World) {
    t.tamper(&format!(
        "delete from control.placements where organization_id = '{}'",
        world.id
    ))
    .await;
}

async fn remove(t: &TestApp, world: &World) -> bailiwick_store::Result<Tombstone> {
    let pool = t.database.retention().await;
    retention::remove(
        &pool,
        &audit_keys(),
        t.app.env(),
        world.id,
        "contract ended",
    )
    .await
}

fn left(world: &World) -> String {
    format!(
        "select 1 from control.audit where tenant_id = '{0}' union all
         select 1 from control.audit_seals where chain = '{0}' union all
         select 1 from control.audit_pending where chain = '{0}' union all
         select 1 from control.audit_heads where chain = '{0}'",
        world.id
    )
}

#[tokio::test]
async fn a_tenant_goes_and_leaves_a_signed_tombstone() {
    let (t, acme) = chained().await;
    projects(&acme, &["unsealed"]).await;
    assert!(remove(&t, &acme).await.is_err(), "it still has a home");
    close(&t, &acme).await;
    let tombstone = remove(&t, &acme).await.unwrap();
    assert!(tombstone.is_genuine(&audit_keys()));
    assert_eq!(tombstone.unsealed, 1);
    assert_eq!(t.count(&left(&acme)).await, 0);
    // Twice is once.
    assert_eq!(remove(&t, &acme).await.unwrap(), tombstone);
    let facts = t
        .rows("select object_id, after from control.audit where action = 'audit.remove'")
        .await;
    assert_eq!(
        facts,
        [json!({"object_id": acme.id, "after": {
            "facts": tombstone.head.total, "unsealed": 1, "reason": "contract ended"
        }})]
    );
    t.seal().await;
    let report = verified(&t).await;
    assert_eq!((report.findings, report.removed), (vec![], 1));
}

#[tokio::test]
async fn a_removal_that_broke_off_is_taken_up() {
    let (t, acme) = chained().await;
    close(&t, &acme).await;
    let pool = t.database.retention().await;
    for polls in 0..30 {
        let keys = audit_keys();
        abandon(
            retention::remove(&pool, &keys, t.app.env(), acme.id, "contract ended"),
            polls,
        )
        .await;
    }
    remove(&t, &acme).await.unwrap();
    assert_eq!(t.count(&left(&acme)).await, 0);
    let facts = "select 1 from control.audit where action = 'audit.remove'";
    assert_eq!(t.count(facts).await, 1);
    assert_eq!(findings(&t).await, []);
}

#[tokio::test]
async fn what_is_left_of_a_removal_and_a_false_tombstone_are_found() {
    let (t, acme) = chained().await;
    let chain = Chain::of(acme.id);
    t.tamper(&format!(
        "create table control.kept as select * from control.audit where tenant_id = '{}'",
        acme.id
    ))
    .await;
    close(&t, &acme).await;
    remove(&t, &acme).await.unwrap();
    assert_eq!(findings(&t).await, []);
    behind(&t, "insert into control.audit select * from control.kept").await;
    assert_eq!(findings(&t).await, [(chain, What::Remains)]);
    behind(
        &t,
        &format!("delete from control.audit where tenant_id = '{}'", acme.id),
    )
    .await;
    behind(&t, "update control.audit_tombstones set reason = 'another'").await;
    assert_eq!(findings(&t).await, [(chain, What::TombstoneForged)]);
    // Without the tombstone it is a log that was cut off.
    behind(&t, "delete from control.audit_tombstones").await;
    let found = findings(&t).await;
    assert!(
        matches!(found[..], [(_, What::CutOff { last: 0, .. })]),
        "{found:?}"
    );
}

/// The role that removes tenants deletes what has a tombstone, and does nothing else.
#[tokio::test]
async fn the_role_that_removes_can_do_nothing_else() {
    let (t, acme) = chained().await;
    let pool = t.database.retention().await;
    for statement in [
        "delete from control.audit",
        "delete from control.audit_seals",
        "update control.audit set action = 'x'",
        "truncate control.audit",
        "delete from control.audit_tombstones",
        "update control.audit_tombstones set reason = 'x'",
        "select 1 from control.users",
        "select 1 from tenant_shared.projects",
        "insert into control.audit_seals (chain, number, facts, total, head, sealed_at, key_id, mac)
         values (gen_random_uuid(), 1, '{00000000-0000-0000-0000-000000000000}', 1, '', now(), '', '')",
    ] {
        let error = pool.batch(statement).await.unwrap_err();
        assert_eq!(error.sqlstate(), Some("42501"), "{statement}: {error}");
    }
    assert_eq!(findings(&t).await, []);
    assert!(t.count(&left(&acme)).await > 0);
}
