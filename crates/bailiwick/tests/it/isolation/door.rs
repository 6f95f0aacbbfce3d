//! The one door to a tenant.

use bailiwick_kernel::Tier;
use bailiwick_kernel::id::UserId;
use bailiwick_store::tenant::{Placement, TenantDoor, Visitor};
use bailiwick_testkit::TestApp;

use super::{placement, statement};

#[tokio::test]
async fn without_a_tenant_there_are_no_rows_and_no_writes() {
    let t = TestApp::start().await;
    let tiers = [("acme", Tier::Starter), ("globex", Tier::Pro)];
    for (slug, tier) in tiers {
        let world = t.tenant(slug, tier).await;
        world.owner().create_project(slug).await;
        let schema = placement(&t, &world).await.schema;
        let pool = t.app.store().pool();
        for table in ["projects", "members", "project_members", "documents"] {
            let rows = pool.query(
                statement(&format!("select id from {schema}.{table} limit 9")),
                &[],
            );
            assert_eq!(rows.await.unwrap().len(), 0, "{schema}.{table}");
        }
        for table in ["control.idempotency", "control.audit"] {
            let rows = pool.query(statement(&format!("select 1 from {table} limit 9")), &[]);
            assert_eq!(rows.await.unwrap().len(), 0, "{table}");
        }
        let insert = format!(
            "insert into {schema}.members (tenant_id, id, role, created_at, updated_at)
             values ('{}', gen_random_uuid(), 'owner', now(), now())",
            world.id
        );
        let error = pool.execute(statement(&insert), &[]).await.unwrap_err();
        assert_eq!(error.sqlstate(), Some("42501"), "{error}");
    }
}

/// The door looks at what the caller believed. Where it no longer holds, nothing is set.
#[tokio::test]
async fn the_door_opens_to_what_still_holds_and_to_nothing_else() {
    for tier in Tier::ALL {
        let t = TestApp::start().await;
        let a = t.tenant("acme", *tier).await;
        let b = t.tenant("globex", *tier).await;
        a.owner().create_project("Alpha").await;
        let right = placement(&t, &a).await;
        let query = format!(
            "select id, version from control.memberships where user_id = '{}' and organization_id = '{}'",
            a.owner().user(),
            a.id,
        );
        let row = t.rows(&query).await.remove(0);
        let id: uuid::Uuid = row["id"].as_str().unwrap().parse().unwrap();
        let version = row["version"].as_i64().unwrap();
        let member = |version| Visitor::Member(id.into(), version);
        let moved = Placement {
            epoch: right.epoch + 1,
            ..right.clone()
        };
        let other = Placement {
            tenant: b.id,
            ..right.clone()
        };
        let nobody = Visitor::Platform(a.owner().user(), 1);
        let list = bailiwick_store::projects::List::new(a.owner().user(), false, None, 10);
        let store = t.app.store();
        let open = TenantDoor::new(&right, member(version));
        assert_eq!(store.read(&open, &list).await.unwrap().len(), 1);
        for (what, placement, visitor) in [
            (
                "another version of the membership",
                &right,
                member(version + 1),
            ),
            (
                "an older version of the membership",
                &right,
                member(version - 1),
            ),
            ("another epoch of the placement", &moved, member(version)),
            ("another tenant", &other, member(version)),
            ("an operator who is none", &right, nobody),
            ("a job without a name", &right, Visitor::System("")),
        ] {
            let door = TenantDoor::new(placement, visitor);
            let read = store.read(&door, &list).await;
            assert!(
                matches!(read, Err(bailiwick_store::Error::Refused)),
                "{what}"
            );
            let mut tx = store.enter(&door).await.unwrap();
            let wrote = tx.ensure_operator(UserId::from(id), t.now()).await;
            let is_refused = wrote.as_ref().is_err_and(|e| {
                matches!(e, bailiwick_store::Error::Refused) || e.sqlstate() == Some("42501")
            });
            assert!(is_refused, "{what}: {wrote:?}");
        }
        t.tamper("update control.memberships set status = 'suspended'")
            .await;
        assert!(
            store.read(&open, &list).await.is_err(),
            "a suspended member"
        );
        let owner = a.owner().get("/projects").await;
        let _ = owner.assert_problem(403, "TENANT_ACCESS_DENIED");
    }
}
