//! `bailiwick tenants verify`: each way in which what is noted and what is can part, and what
//! mends it.

use bailiwick_kernel::Tier;
use bailiwick_services::fleet;
use bailiwick_testkit::TestApp;

use super::{catalog, pros};
use crate::isolation::schema_of;

/// What is wrong, in words that do not change from run to run.
async fn problems(t: &TestApp) -> Vec<String> {
    let owner = t.database.owner().await;
    let findings = fleet::verify(&owner, &[], &|_, _| {}).await.unwrap();
    assert!(
        findings.iter().all(|f| !f.remedy.is_empty()),
        "{findings:?}"
    );
    findings.into_iter().map(|f| f.problem).collect()
}

#[tokio::test]
async fn what_is_as_it_should_be_has_no_findings_and_stays_as_it_is() {
    let (t, worlds) = pros(["acme", "globex"]).await;
    let starter = t.tenant("initech", Tier::Starter).await;
    for world in worlds.iter().chain([&starter]) {
        let made = world
            .owner()
            .post("/projects", serde_json::json!({"name": "Alpha"}))
            .await;
        let _ = made.assert_status(201);
    }
    let before = catalog(&t).await;
    assert_eq!(problems(&t).await, [""; 0]);
    assert_eq!(catalog(&t).await, before);
    assert_eq!(
        t.count("select 1 from pg_class where relrowsecurity and not relforcerowsecurity")
            .await,
        0
    );
}

#[tokio::test]
async fn each_difference_is_named() {
    let (t, worlds) = pros(["acme", "globex"]).await;
    let (acme, globex) = (
        schema_of(&t, &worlds[0]).await,
        schema_of(&t, &worlds[1]).await,
    );
    let stranger = "00000000-0000-0000-0000-00000000002a";
    let starters = t.tenant("initech", Tier::Starter).await;
    let newest = bailiwick_store::fleet::newest();
    for (fault, mend, expected) in [
        (
            "create schema tenant_ffffffffffff".to_owned(),
            "drop schema tenant_ffffffffffff".to_owned(),
            vec![
                "nobody lives in schema tenant_ffffffffffff".to_owned(),
                "nothing is noted of schema tenant_ffffffffffff".to_owned(),
            ],
        ),
        (
            format!("delete from control.tenant_schemas where schema_name = '{acme}'"),
            format!(
                "insert into control.tenant_schemas (schema_name, version, fingerprint)
                 select '{acme}', version, fingerprint from control.tenant_schemas where schema_name = '{globex}'"
            ),
            vec![format!("nothing is noted of schema {acme}")],
        ),
        (
            "insert into control.tenant_schemas (schema_name) values ('tenant_eeeeeeeeeeee')".to_owned(),
            "delete from control.tenant_schemas where schema_name = 'tenant_eeeeeeeeeeee'".to_owned(),
            vec!["schema tenant_eeeeeeeeeeee is noted, and is not there".to_owned()],
        ),
        (
            format!("update {acme}.schema_migrations set version = version + 100 where version = {newest}"),
            format!("update {acme}.schema_migrations set version = version - 100 where version > 100"),
            vec![format!(
                "schema {acme} is noted as being at the newest version, and schema_migrations there ends at {}",
                newest + 100
            )],
        ),
        (
            format!("alter table {acme}.schema_migrations rename to elsewhere"),
            format!("alter table {acme}.elsewhere rename to schema_migrations"),
            vec![
                format!("schema {acme} is noted as being at the newest version, and schema_migrations there ends at 0"),
                format!("schema {acme} differs from tenant_shared: tables or columns"),
                format!("{acme}.elsewhere is not shut: row security, its one policy, or who may empty it"),
            ],
        ),
        (
            format!("alter table {acme}.projects add column more text"),
            format!("alter table {acme}.projects drop column more"),
            vec![format!("schema {acme} differs from tenant_shared: tables or columns")],
        ),
        (
            format!("alter table {acme}.projects no force row level security"),
            format!("alter table {acme}.projects force row level security"),
            vec![format!("{acme}.projects is not shut: row security, its one policy, or who may empty it")],
        ),
        (
            format!("grant truncate on {acme}.projects to bailiwick_app"),
            format!("revoke truncate on {acme}.projects from bailiwick_app"),
            vec![format!("{acme}.projects is not shut: row security, its one policy, or who may empty it")],
        ),
        (
            format!("insert into {acme}.members (tenant_id, id, role, created_at, updated_at)
                     values ('{stranger}', '{stranger}', 'owner', now(), now())"),
            format!("delete from {acme}.members where tenant_id = '{stranger}'"),
            vec![format!("{acme}.members holds rows of {stranger}, and {} lives there", worlds[0].id)],
        ),
        (
            format!("insert into tenant_shared.members (tenant_id, id, role, created_at, updated_at)
                     values ('{0}', '{0}', 'owner', now(), now())", worlds[0].id),
            format!("delete from tenant_shared.members where tenant_id = '{}'", worlds[0].id),
            vec![format!("tenant_shared.members holds rows of {}, which does not live there", worlds[0].id)],
        ),
        (
            format!("update control.placements set tier = 'starter' where organization_id = '{}'", worlds[0].id),
            format!("update control.placements set tier = 'pro' where organization_id = '{}'", worlds[0].id),
            vec![format!("acme is pro, its placement says starter, and it lives in {acme}")],
        ),
        (
            format!("update control.organizations set clerk_org_id = 'org_other' where id = '{}'", worlds[0].id),
            format!("update control.organizations set clerk_org_id = '{}' where id = '{}'", worlds[0].clerk_org_id, worlds[0].id),
            vec![format!("acme lives in {acme}, which is no name of org_other")],
        ),
    ] {
        t.tamper(&fault).await;
        assert_eq!(problems(&t).await, expected, "{fault}");
        t.tamper(&mend).await;
        assert_eq!(problems(&t).await, [""; 0], "{mend}");
    }
    let gone = format!("drop schema {acme} cascade");
    t.tamper(&gone).await;
    let found = problems(&t).await;
    assert_eq!(
        found,
        [
            format!("acme lives in {acme}, which is not there"),
            format!("schema {acme} is noted, and is not there"),
        ]
    );
    let _ = starters;
}
