//! Two tenants, in every combination of tiers: neither sees or changes what is the other's, and no
//! connection carries one to the other.

use bailiwick_kernel::Tier;
use bailiwick_kernel::id::UserId;
use bailiwick_pg::{Arg, Entry, Flight, Schema, Statement, Tx};
use bailiwick_store::tenant::{Placement, TenantDoor, Visitor};
use bailiwick_testkit::{TestApp, World};
use serde_json::json;

const PAIRS: [(Tier, Tier); 3] = [
    (Tier::Starter, Tier::Starter),
    (Tier::Starter, Tier::Pro),
    (Tier::Pro, Tier::Pro),
];

/// A statement of the test's own.
pub(crate) fn statement(sql: &str) -> &'static Statement {
    Box::leak(Box::new(Statement {
        name: "OF_A_TEST",
        sql: Box::leak(sql.to_owned().into_boxed_str()),
        params: &[],
    }))
}

pub(crate) async fn placement(t: &TestApp, world: &World) -> Placement {
    let found = t.app.store().find_placement(world.id).await.unwrap();
    found.unwrap()
}

/// A transaction in the tenant of `home` with another schema in place of `{t}`.
async fn enter(t: &TestApp, home: &Placement, schema: &Schema) -> Tx {
    t.app
        .store()
        .pool()
        .enter(&flight(home, schema))
        .await
        .unwrap()
}

/// The way into the tenant of `home`, as a job, with another schema in place of `{t}`.
pub(crate) fn flight(home: &Placement, schema: &Schema) -> Flight {
    let named = |name| {
        let mut statements = bailiwick_store::tenant::STATEMENTS.iter();
        *statements.find(|s| s.name == name).unwrap()
    };
    let (tenant, reason) = (Arg::Uuid(home.tenant.uuid()), Arg::Text("a test"));
    Flight {
        affinity: 1,
        schema: schema.clone(),
        entry: Entry {
            statement: named("ENTER_AS_SYSTEM"),
            reading: named("ENTER_AS_SYSTEM_READING"),
            args: [tenant, Arg::I64(home.epoch), reason, Arg::I64(0)],
        },
    }
}

#[tokio::test]
async fn by_id_and_by_list_each_sees_its_own() {
    for (first, second) in PAIRS {
        let t = TestApp::start().await;
        let (a, b) = (
            t.tenant("acme", first).await,
            t.tenant("globex", second).await,
        );
        let (of_a, of_b) = (
            a.owner().create_project("of acme").await,
            b.owner().create_project("of globex").await,
        );
        for (world, own, other) in [(&a, &of_a, &of_b), (&b, &of_b, &of_a)] {
            let owner = world.owner();
            assert_eq!(
                owner.get("/projects").await.column("id"),
                std::slice::from_ref(own)
            );
            let path = format!("/projects/{other}");
            let update = json!({"name": "taken over"});
            let member = json!({"memberId": owner.user().to_string(), "projectRole": "lead"});
            let upload = json!({"fileName": "x.txt", "contentType": "text/plain", "size": 1});
            for answer in [
                owner.get(&path).await,
                owner.put(&path, update).await,
                owner.delete(&path).await,
                owner.get(format!("{path}/members")).await,
                owner.post(format!("{path}/members"), member).await,
                owner.get(format!("{path}/documents")).await,
                owner
                    .post(format!("{path}/documents/upload-init"), upload)
                    .await,
            ] {
                assert_eq!(answer.outcome(), "404 NOT_FOUND", "{}", answer.request);
            }
        }
        // A person of B's is no member of A's project, though the id is a real one.
        let stranger = json!({"memberId": b.member().user().to_string(), "projectRole": "lead"});
        let added = a
            .owner()
            .post(format!("/projects/{of_a}/members"), stranger)
            .await;
        let _ = added.assert_invalid(&["memberId"]);
        assert_eq!(
            b.owner()
                .get(format!("/projects/{of_b}"))
                .await
                .text_of("name"),
            "of globex"
        );
    }
}

#[tokio::test]
async fn sql_that_names_the_other_schema_finds_and_changes_nothing() {
    for (first, second) in PAIRS {
        let t = TestApp::start().await;
        let (a, b) = (
            t.tenant("acme", first).await,
            t.tenant("globex", second).await,
        );
        a.owner().create_project("of acme").await;
        b.owner().create_project("of globex").await;
        let (home, other) = (placement(&t, &a).await, placement(&t, &b).await);
        assert_eq!(
            home.schema == other.schema,
            (first, second) == (Tier::Starter, Tier::Starter)
        );

        let names = statement("select name from {t}.projects order by name limit 10");
        for schema in [&home.schema, &other.schema] {
            let mut tx = enter(&t, &home, schema).await;
            let rows = tx.query(names, &[]).await.unwrap();
            let found: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
            let expected: &[&str] = if *schema == home.schema {
                &["of acme"]
            } else {
                &[]
            };
            assert_eq!(found, expected, "{schema}");
            let mut tx = enter(&t, &home, schema).await;
            let changed = tx
                .execute(statement("update {t}.projects set name = 'x'"), &[])
                .await;
            assert_eq!(
                changed.unwrap(),
                u64::try_from(expected.len()).unwrap(),
                "{schema}"
            );
        }
        // Even with the right ids at hand, a row of another tenant cannot be written.
        let forged = format!(
            "insert into {{t}}.projects (tenant_id, id, name, created_by, created_at, updated_at)
             values ('{}', gen_random_uuid(), 'forged', '{}', now(), now())",
            b.id,
            b.owner().user(),
        );
        for schema in [&home.schema, &other.schema] {
            let mut tx = enter(&t, &home, schema).await;
            let error = tx.execute(statement(&forged), &[]).await.unwrap_err();
            assert_eq!(error.sqlstate(), Some("42501"), "{schema}: {error}");
        }
    }
}

#[tokio::test]
async fn a_statement_without_its_schema_fails() {
    let t = TestApp::start().await;
    let a = t.tenant("acme", Tier::Starter).await;
    let home = placement(&t, &a).await;
    let mut tx = enter(&t, &home, &home.schema).await;
    let bare = statement("select id from projects limit 1");
    let error = tx.query(bare, &[]).await.unwrap_err();
    assert_eq!(error.sqlstate(), Some("42P01"), "{error}");
}

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
