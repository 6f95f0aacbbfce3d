//! The gate: what would let one tenant see another is found before the server starts, in whichever
//! schema it is, and named with the statement that mends it.

use bailiwick_kernel::Tier;
use bailiwick_store::Store;
use bailiwick_store::gate::{Finding, Weight};
use bailiwick_testkit::TestApp;

use crate::isolation::placement;

async fn findings(t: &TestApp) -> Vec<Finding> {
    t.app.store().gate().await.unwrap()
}

/// Does `fault`, expects one finding that speaks of `problem` and `place`, and mends it by the
/// finding's own remedy, or by `repair` where the remedy is no statement as it stands.
async fn is_found(t: &TestApp, fault: &str, place: &str, problem: &str, repair: Option<&str>) {
    assert_eq!(findings(t).await, [], "before {fault}");
    t.tamper(fault).await;
    let found = findings(t).await;
    let [finding] = found.as_slice() else {
        panic!("{fault}: {found:?}");
    };
    assert_eq!(finding.weight, Weight::Refusal, "{fault}");
    for word in [place, problem] {
        assert!(finding.problem.contains(word), "{fault}: {finding:?}");
    }
    t.tamper(repair.unwrap_or(&finding.remedy)).await;
    assert_eq!(findings(t).await, [], "after {fault}");
}

#[tokio::test]
async fn a_fault_in_any_schema_is_found_and_its_remedy_mends_it() {
    let t = TestApp::start().await;
    t.tenant("acme", Tier::Starter).await;
    let pro = t.tenant("globex", Tier::Pro).await;
    // Many of the same kind, so that what is right is what is judged together.
    t.tenant("initech", Tier::Pro).await;
    let own = placement(&t, &pro).await.schema;
    for schema in ["tenant_shared", own.as_str()] {
        let table = format!("{schema}.projects");
        let one = format!("alter policy tenant_isolation_projects on {table}");
        let right = "tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid";
        let wide = format!("{right} or tenant_id is null");
        for (fault, problem, repair) in [
            (
                format!("alter table {table} no force row level security"),
                "does not force row-level security",
                None,
            ),
            (
                format!("create policy wide on {table} using (true)"),
                "the one policy",
                Some(format!("drop policy wide on {table}")),
            ),
            (
                format!("{one} using ({wide})"),
                "the one policy",
                Some(format!("{one} using ({right})")),
            ),
            (
                format!("{one} with check ({wide})"),
                "the one policy",
                Some(format!("{one} with check ({right})")),
            ),
            (
                // The same text, of another column.
                format!(
                    "{one} using (id = nullif(current_setting('app.tenant_id', true), '')::uuid)"
                ),
                "the one policy",
                Some(format!("{one} using ({right})")),
            ),
            (
                format!("{one} to bailiwick_app"),
                "the one policy",
                Some(format!("{one} to public")),
            ),
            (
                format!("create table {schema}.notes (id uuid primary key)"),
                "the one policy",
                Some(format!("drop table {schema}.notes")),
            ),
            (
                format!("create view {schema}.all_projects as select id from {table}"),
                "the one policy",
                Some(format!("drop view {schema}.all_projects")),
            ),
            (
                format!("grant truncate on {table} to bailiwick_app"),
                "may empty",
                None,
            ),
            (
                format!("grant trigger on {table} to public"),
                "may empty",
                Some(format!("revoke trigger on {table} from public")),
            ),
        ] {
            if problem.starts_with("does not force") {
                t.tamper(&fault).await;
                let found = findings(&t).await;
                assert_eq!(found.len(), 2, "{found:?}");
                assert!(found[0].problem.contains(problem), "{found:?}");
                t.tamper(&found[0].remedy).await;
                continue;
            }
            is_found(&t, &fault, schema, problem, repair.as_deref()).await;
        }
        let owner = format!("alter table {table} owner to bailiwick_app");
        t.tamper(&owner).await;
        let found = findings(&t).await;
        assert!(found[0].problem.contains("owns"), "{found:?}");
        t.tamper(&found[0].remedy).await;
        assert_eq!(findings(&t).await, []);
    }
    let behind = "delete from tenant_shared.schema_migrations";
    t.tamper(behind).await;
    let found = findings(&t).await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!(found[0].remedy, "bailiwick migrate");
}

/// An owner whom forced policies answer with no rows, instead of an error, would take a tenant for
/// empty.
#[tokio::test]
async fn an_owner_who_would_not_notice_is_found() {
    let t = TestApp::start().await;
    let fault = "alter schema control owner to bailiwick_ro";
    let repair = "alter schema control owner to bailiwick_owner";
    is_found(&t, fault, "bailiwick_ro", "hide rows", Some(repair)).await;
}

/// Settings of a role come with the connection.
#[tokio::test]
async fn a_search_path_that_finds_something_is_refused() {
    let t = TestApp::start().await;
    let database = t.database.name();
    t.tamper(&format!(
        "alter role bailiwick_app in database {database} set search_path = tenant_shared"
    ))
    .await;
    let store = Store::new(t.database.app_anew().await);
    let found = store.gate().await.unwrap();
    let refusals: Vec<_> = found
        .iter()
        .filter(|f| f.weight == Weight::Refusal)
        .collect();
    assert_eq!(refusals.len(), 1, "{found:?}");
    assert!(refusals[0].problem.contains("tenant_shared"), "{found:?}");
    assert!(refusals[0].remedy.contains("set search_path = ''"));
}

#[tokio::test]
async fn a_role_above_the_policies_is_refused_for_each_of_its_powers() {
    let t = TestApp::start().await;
    let store = Store::new(t.database.superuser().await);
    let found = store.gate().await.unwrap();
    for power in [
        "SUPERUSER",
        "BYPASSRLS",
        "CREATEROLE",
        "may create schemas",
        "looks for tables in",
        "owns",
        "may change",
        "may empty",
    ] {
        assert!(
            found.iter().any(|f| f.problem.contains(power)),
            "{power}: {found:?}"
        );
    }
}
