//! Nobody who serves requests changes what is recorded, whatever SQL they send.

use bailiwick_pg::Pool;

use super::chained;

/// Statements that would change the past.
const ATTACKS: [&str; 17] = [
    "update control.audit set action = 'x'",
    "update control.audit set mac = mac, key_id = key_id",
    "delete from control.audit",
    "truncate control.audit",
    "truncate control.audit cascade",
    "select id from control.audit for update",
    "update control.audit_seals set total = 0",
    "delete from control.audit_seals",
    "truncate control.audit_seals",
    "update control.audit_tombstones set reason = 'x'",
    "delete from control.audit_tombstones",
    "insert into control.audit_tombstones (chain, number, total, head, unsealed, removed_at, reason, key_id, mac)
     values (gen_random_uuid(), 1, 1, '', 0, now(), 'x', 'x', '')",
    "alter table control.audit disable trigger all",
    "drop trigger audit_is_append_only on control.audit",
    "alter table control.audit disable row level security",
    "drop table control.audit_seals",
    "set session_replication_role = replica",
];

async fn refused(pool: &Pool, who: &str, statement: &str) {
    // Inside a tenant and on a chain, so that row-level security hides nothing.
    let text = format!(
        "begin; select set_config('app.tenant_id', (select id::text from control.organizations limit 1), true);
         select set_config('app.audit_chain', (select id::text from control.organizations limit 1), true);
         {statement}; commit"
    );
    let error = pool.batch(&text).await.unwrap_err();
    assert_eq!(
        error.sqlstate(),
        Some("42501"),
        "{who}: {statement}: {error}"
    );
    pool.batch("rollback").await.unwrap();
}

#[tokio::test]
async fn who_serves_requests_or_looks_changes_nothing() {
    let (t, _) = chained().await;
    let app = t.database.app(1).await;
    let before = t
        .rows("select md5(string_agg(a::text, '' order by id)) as all from control.audit a")
        .await;
    for statement in ATTACKS {
        refused(&app, "app", statement).await;
    }
    // The operator who looks may not even try.
    let looks = t.database.read_only().await;
    for statement in [
        "update control.audit set action = 'x'",
        "delete from control.audit",
    ] {
        let error = looks.batch(statement).await.unwrap_err();
        assert!(
            matches!(error.sqlstate(), Some("42501" | "25006")),
            "{error}"
        );
    }
    let after = t
        .rows("select md5(string_agg(a::text, '' order by id)) as all from control.audit a")
        .await;
    assert_eq!(before, after);
    assert_eq!(super::findings(&t).await, []);
}

/// The owner of the tables runs into the triggers: a migration that forgets itself fails.
#[tokio::test]
async fn the_owner_runs_into_the_triggers() {
    let (t, _) = chained().await;
    for statement in [
        "update control.audit set action = 'x'",
        "delete from control.audit",
        "truncate control.audit",
        "update control.audit_seals set total = 0",
        "delete from control.audit_seals",
        "truncate control.audit_seals",
    ] {
        // As superuser: row-level security would hide the rows from the owner.
        let text = format!("begin; {statement}; commit");
        let pool = t.database.superuser().await;
        let error = pool.batch(&text).await.unwrap_err();
        assert_eq!(error.sqlstate(), Some("42501"), "{statement}: {error}");
        assert!(error.to_string().contains("append-only"), "{error}");
        pool.batch("rollback").await.unwrap();
    }
}

#[tokio::test]
async fn the_gate_refuses_a_role_that_may_change_facts() {
    let (t, _) = chained().await;
    for (privilege, table) in [
        ("update", "audit"),
        ("delete", "audit_seals"),
        ("truncate", "audit_tombstones"),
    ] {
        t.tamper(&format!(
            "grant {privilege} on control.{table} to bailiwick_app"
        ))
        .await;
        let findings = t.app.store().gate().await.unwrap();
        assert_eq!(findings.len(), 1, "{findings:?}");
        assert!(findings[0].problem.contains(table), "{findings:?}");
        t.tamper(&findings[0].remedy).await;
        assert_eq!(t.app.store().gate().await.unwrap(), []);
    }
}

/// Facts of another tenant are neither seen nor added.
#[tokio::test]
async fn a_tenant_sees_and_adds_its_own_alone() {
    let (t, acme) = chained().await;
    let globex = t.tenant("globex", bailiwick_kernel::Tier::Pro).await;
    let app = t.database.app(1).await;
    let inside = |statement: &str| {
        format!(
            "begin; select set_config('app.tenant_id', '{}', true); {statement}; rollback",
            globex.id
        )
    };
    let foreign = format!(
        "do $$ begin if exists (select 1 from control.audit where tenant_id = '{}' or tenant_id is null)
         then raise exception 'seen'; end if; end $$",
        acme.id
    );
    app.batch(&inside(&foreign)).await.unwrap();
    let add = format!(
        "insert into control.audit (id, tenant_id, at, origin, action, object_type, object_id, key_id, mac)
         values (gen_random_uuid(), '{}', now(), 'user', 'x', 'x', 'x', 'x', decode(repeat('00', 33), 'hex'))",
        acme.id
    );
    let error = app.batch(&inside(&add)).await.unwrap_err();
    assert_eq!(error.sqlstate(), Some("42501"), "{error}");
    app.batch("rollback").await.unwrap();
    // A fact without a MAC is none.
    let bare = "insert into control.audit (id, at, origin, action, object_type, object_id)
                values (gen_random_uuid(), now(), 'user', 'x', 'x', 'x')";
    assert!(app.batch(bare).await.is_err());
}
