//! Everything is written in the forms that also hold on a cluster (docs/guides/scale.md).

use bailiwick_kernel::Tier;
use bailiwick_store::migrations;
use bailiwick_testkit::{TestApp, scale_out};

#[test]
fn statements_and_migrations_keep_to_the_forms() {
    assert_eq!(scale_out::of_statements(bailiwick_store::statements()), []);
    assert_eq!(scale_out::of_migrations(migrations::TENANT), []);
}

/// The setting that distributes a schema is on for the one transaction that makes a tenant's own,
/// and for nothing else: with it on, `control` would land on a worker.
#[tokio::test]
async fn schemas_of_tenants_own_are_distributed_and_no_others() {
    let t = TestApp::start().await;
    for statement in [
        "create table public.made (query text, setting text)",
        "grant insert on public.made to public; grant usage on schema public to public",
        "create function public.note_schema() returns event_trigger language plpgsql as $$
         begin
           insert into public.made values (current_query(),
             coalesce(current_setting('citus.enable_schema_based_sharding', true), ''));
         end $$",
        "create event trigger schemas_are_made on ddl_command_start when tag in ('CREATE SCHEMA')
         execute function public.note_schema()",
    ] {
        t.tamper(statement).await;
    }
    t.tenant("acme", Tier::Pro).await;
    t.tamper("drop schema tenant_shared cascade").await;
    let owner = t.database.owner().await;
    migrations::migrate(&owner, &[]).await.unwrap();
    let made = "select query from public.made";
    let with = |part: &str| format!("{made} where query like '%{part}%'");
    for (schemas, setting) in [
        ("create schema tenant_%", "on"),
        ("%control%", ""),
        ("%tenant_shared%", ""),
    ] {
        let all = match setting {
            "on" => format!("{} and query not like '%tenant_shared%'", with(schemas)),
            _ => with(schemas),
        };
        assert!(t.count(&all).await > 0, "{schemas}");
        let others = format!("{all} and setting <> '{setting}'");
        assert_eq!(
            t.rows(&others).await,
            [serde_json::Value::Null; 0],
            "{schemas}"
        );
    }
    let trees = [migrations::CONTROL, migrations::TENANT].concat();
    let set = |sql: &str| sql.contains("enable_schema_based_sharding");
    assert!(!trees.iter().any(|migration| set(migration.sql)));
}

/// The tenant is set in the form that reaches a worker, and never inside a savepoint that an
/// exception block would make.
#[tokio::test]
async fn the_entries_keep_to_the_forms() {
    let t = TestApp::start().await;
    let entries = "
        select proname from pg_proc where pronamespace = 'control'::regnamespace
          and (proname like 'enter%' or proname in ('set_tenant', 'set_capture'))";
    assert!(t.count(entries).await >= 6);
    let caught = format!("{entries} and prosrc ~* '\\yexception\\s+when\\y'");
    assert_eq!(t.count(&caught).await, 0);
    let propagated = format!(
        "{entries} and proname like 'set%' and prosrc not like '%citus.propagate_set_commands%'"
    );
    assert_eq!(t.count(&propagated).await, 0);
    let others = "
        select proname from pg_proc where pronamespace = 'control'::regnamespace
          and prosrc like '%app.tenant_id%' and proname <> 'set_tenant'";
    assert_eq!(t.rows(others).await, [serde_json::Value::Null; 0]);
}

/// What is written together with tenants' rows points to nothing that is not.
#[tokio::test]
async fn tables_that_commit_with_tenants_rows_stand_alone() {
    let t = TestApp::start().await;
    let bound = "
        select conrelid::regclass::text as from, confrelid::regclass::text as to from pg_constraint
        where contype = 'f' and (
          conrelid in ('control.audit'::regclass, 'control.audit_pending'::regclass,
                       'control.jobs'::regclass, 'control.idempotency'::regclass)
          or confrelid in ('control.audit'::regclass, 'control.audit_pending'::regclass,
                           'control.jobs'::regclass, 'control.idempotency'::regclass))";
    assert_eq!(t.rows(bound).await, [serde_json::Value::Null; 0]);
}
