//! The catalog of a migrated database: what isolation rests on, looked at table by table.

use bailiwick_kernel::Tier;
use bailiwick_testkit::{TestApp, law};
use serde_json::{Value, json};

/// The one condition of the one policy.
const CONDITION: &str =
    "(tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid)";

/// A server with a starter and a pro tenant, so that both kinds of schema are there.
async fn both_tiers() -> TestApp {
    let t = TestApp::options().tiers_as_written().start().await;
    t.tenant("acme", Tier::Starter).await;
    t.tenant("globex", Tier::Pro).await;
    t
}

/// Each row as text, or nothing.
async fn findings(t: &TestApp, query: &str) -> Vec<String> {
    t.rows(query).await.iter().map(Value::to_string).collect()
}

#[tokio::test]
async fn both_kinds_of_schema_keep_the_law_of_tables() {
    law::tables(&both_tiers().await).await;
}

#[tokio::test]
async fn every_tenant_table_is_forced_and_has_the_one_policy() {
    let t = both_tiers().await;
    let tables = "
        select n.nspname || '.' || c.relname as table, c.relrowsecurity and c.relforcerowsecurity as forced,
               coalesce(json_agg(json_build_object(
                 'command', p.polcmd, 'permissive', p.polpermissive, 'roles', p.polroles::text,
                 'using', pg_get_expr(p.polqual, p.polrelid), 'check', pg_get_expr(p.polwithcheck, p.polrelid)))
                 filter (where p.oid is not null), '[]') as policies
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        left join pg_policy p on p.polrelid = c.oid
        where c.relkind in ('r', 'p') and c.relname <> 'schema_migrations'
          and (n.nspname like 'tenant\\_%' or exists (
            select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id'
              and n.nspname = 'control'))
        group by 1, 2 order by 1";
    let tables = t.rows(tables).await;
    assert!(tables.len() >= 10, "{tables:?}");
    for table in tables {
        assert_eq!(table["forced"], true, "{table}");
        let policies = table["policies"].as_array().unwrap();
        let is_main = |p: &&Value| p["command"] == "*" && p["roles"] == "{0}";
        let (main, others): (Vec<_>, Vec<_>) = policies.iter().partition(is_main);
        assert_eq!(main.len(), 1, "{table}");
        assert_eq!(main[0]["using"], CONDITION, "{table}");
        assert_eq!(main[0]["check"], CONDITION, "{table}");
        if table["table"] == "control.audit" {
            check_policies_of_facts(&t, &others).await;
        } else {
            assert_eq!(others, [&Value::Null; 0], "{table}");
        }
    }
}

/// Facts have three policies more: those of no tenant are added and never read that way, a chain is
/// read by who names it, and the role that removes tenants sees what it removes.
async fn check_policies_of_facts(t: &TestApp, policies: &[&Value]) {
    let role = "select 'bailiwick_retention'::regrole::oid::text as oid";
    let retention = format!("{{{}}}", t.rows(role).await[0]["oid"].as_str().unwrap());
    let chain = "(COALESCE(tenant_id, '00000000-0000-0000-0000-000000000000'::uuid) = \
                 (NULLIF(current_setting('app.audit_chain'::text, true), ''::text))::uuid)";
    let policy = |command: &str, roles: &str, using: Value, check: Value| json!({"command": command, "permissive": true, "roles": roles, "using": using, "check": check});
    let none = "(tenant_id IS NULL)";
    let expected = [
        policy("*", &retention, json!("true"), json!(none)),
        policy("a", "{0}", Value::Null, json!(none)),
        policy("r", "{0}", json!(chain), Value::Null),
    ];
    assert_eq!(policies.len(), expected.len(), "{policies:?}");
    for policy in &expected {
        assert!(policies.contains(&policy), "{policy}: {policies:?}");
    }
}

#[tokio::test]
async fn nothing_is_where_it_would_weaken_the_tenants() {
    let t = both_tiers().await;
    for (what, query) in [
        ("anything in public", "
            select c.relname from pg_class c where c.relnamespace = 'public'::regnamespace
            union all select proname from pg_proc where pronamespace = 'public'::regnamespace
            union all select typname from pg_type where typnamespace = 'public'::regnamespace"),
        ("other schemas", "
            select nspname from pg_namespace where nspname !~ '^(pg_|tenant_)'
              and nspname not in ('information_schema', 'public', 'control')"),
        ("functions that run as their owner with a search path", "
            select p.proname from pg_proc p where p.pronamespace = 'control'::regnamespace and p.prosecdef
              and not 'search_path=pg_catalog, pg_temp' = any (coalesce(p.proconfig, '{}'))"),
        ("functions that everybody may run", "
            select p.proname from pg_proc p where p.pronamespace = 'control'::regnamespace
              and (p.proacl is null or p.proacl::text ~ '[{,]=X')"),
    ] {
        assert_eq!(findings(&t, query).await, [""; 0], "{what}");
    }
}

#[tokio::test]
async fn the_role_that_serves_owns_nothing_and_may_make_nothing() {
    let t = both_tiers().await;
    for (what, query) in [
        ("owners", "
            select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where (n.nspname = 'control' or n.nspname like 'tenant\\_%') and c.relowner <> 'bailiwick_owner'::regrole
            union all select n.nspname from pg_namespace n
            where (n.nspname = 'control' or n.nspname like 'tenant\\_%') and n.nspowner <> 'bailiwick_owner'::regrole
            union all select p.proname from pg_proc p
            where p.pronamespace = 'control'::regnamespace and p.proowner <> 'bailiwick_owner'::regrole"),
        ("powers", "
            select rolname from pg_roles where rolname like 'bailiwick\\_%'
              and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication)"),
        ("memberships in other roles", "
            select m.member::regrole::text, m.roleid::regrole::text from pg_auth_members m
            where m.member::regrole::text like 'bailiwick\\_%'"),
        ("schemas that it may create in", "
            select n.nspname, r.rolname from pg_namespace n, pg_roles r
            where r.rolname in ('bailiwick_app', 'bailiwick_ro') and has_schema_privilege(r.oid, n.oid, 'CREATE')
            union all
            select 'database', r.rolname from pg_roles r where r.rolname in ('bailiwick_app', 'bailiwick_ro')
              and has_database_privilege(r.oid, current_database(), 'CREATE, TEMP')"),
        ("tables that it may truncate or refer to", "
            select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where (n.nspname = 'control' or n.nspname like 'tenant\\_%') and c.relkind = 'r'
              and has_table_privilege('bailiwick_app', c.oid, 'TRUNCATE, REFERENCES, TRIGGER')"),
        ("facts that it may change", "
            select c.oid::regclass::text from pg_class c
            where c.oid in ('control.audit'::regclass, 'control.audit_seals'::regclass, 'control.audit_tombstones'::regclass)
              and (has_table_privilege('bailiwick_app', c.oid, 'UPDATE, DELETE')
                   or has_any_column_privilege('bailiwick_app', c.oid, 'UPDATE'))"),
        ("what who removes tenants may do beside it", "
            select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where (n.nspname = 'control' or n.nspname like 'tenant\\_%') and c.relkind in ('r', 'p')
              and c.relname not like 'audit%' and c.relname <> 'placements'
              and has_table_privilege('bailiwick_retention', c.oid, 'SELECT, INSERT, UPDATE, DELETE, TRUNCATE')
            union all
            select c.oid::regclass::text from pg_class c where c.relnamespace = 'control'::regnamespace
              and c.relkind = 'r' and has_table_privilege('bailiwick_retention', c.oid, 'UPDATE, TRUNCATE')"),
        ("what the operator who looks may write", "
            select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where (n.nspname = 'control' or n.nspname like 'tenant\\_%') and c.relkind = 'r'
              and has_table_privilege('bailiwick_ro', c.oid, 'INSERT, UPDATE, DELETE, TRUNCATE')"),
    ] {
        assert_eq!(findings(&t, query).await, [""; 0], "{what}");
    }
}
