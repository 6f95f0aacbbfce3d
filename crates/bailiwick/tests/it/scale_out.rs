//! Everything is written in the forms that also hold on a cluster (docs/guides/scale.md).

use bailiwick_store::migrations;
use bailiwick_testkit::{TestApp, scale_out};

#[test]
fn statements_and_migrations_keep_to_the_forms() {
    assert_eq!(scale_out::of_statements(bailiwick_store::statements()), []);
    assert_eq!(scale_out::of_migrations(migrations::TENANT), []);
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
