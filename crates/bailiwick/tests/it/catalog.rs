//! The catalog of a migrated database: what isolation rests on, looked at table by table.

use bailiwick_kernel::Tier;
use bailiwick_testkit::TestApp;
use serde_json::{Value, json};

/// The one condition of the one policy.
const CONDITION: &str =
    "(tenant_id = (NULLIF(current_setting('app.tenant_id'::text, true), ''::text))::uuid)";

/// A server with a starter and a pro tenant, so that both kinds of schema are there.
async fn both_tiers() -> TestApp {
    let t = TestApp::start().await;
    t.tenant("acme", Tier::Starter).await;
    t.tenant("globex", Tier::Pro).await;
    t
}

/// Each row as text, or nothing.
async fn findings(t: &TestApp, query: &str) -> Vec<String> {
    t.rows(query).await.iter().map(Value::to_string).collect()
}

#[tokio::test]
async fn both_kinds_of_schema_are_there_and_the_same() {
    let t = both_tiers().await;
    let schemas = t
        .rows("select nspname from pg_namespace where nspname like 'tenant\\_%' order by nspname")
        .await;
    assert_eq!(schemas.len(), 2, "{schemas:?}");
    let columns = "
        select c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
               pg_get_expr(d.adbin, d.adrelid), array_agg(n.nspname::text order by n.nspname) as schemas
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
        where n.nspname like 'tenant\\_%' and c.relkind = 'r'
        group by 1, 2, 3, 4, 5 having count(*) <> 2";
    assert_eq!(findings(&t, columns).await, [""; 0]);
    let constraints = "
        select replace(pg_get_constraintdef(k.oid), n.nspname || '.', ''), k.conname, c.relname
        from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
        where n.nspname like 'tenant\\_%' group by 1, 2, 3 having count(*) <> 2";
    assert_eq!(findings(&t, constraints).await, [""; 0]);
    let indexes = "
        select replace(pg_get_indexdef(i.indexrelid), n.nspname || '.', '')
        from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
        where n.nspname like 'tenant\\_%' group by 1 having count(*) <> 2";
    assert_eq!(findings(&t, indexes).await, [""; 0]);
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
async fn the_tenant_leads_every_key_and_index() {
    let t = both_tiers().await;
    let query = "
        select c.oid::regclass::text as table, i.indexrelid::regclass::text as index
        from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
        left join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
        where n.nspname like 'tenant\\_%' and c.relname <> 'schema_migrations'
          and a.attname is distinct from 'tenant_id'";
    assert_eq!(findings(&t, query).await, [""; 0]);
    let nullable = "
        select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname like 'tenant\\_%' and c.relkind in ('r', 'p') and c.relname <> 'schema_migrations'
          and not exists (select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id'
                          and a.attnotnull and a.atttypid = 'uuid'::regtype)";
    assert_eq!(findings(&t, nullable).await, [""; 0]);
}

#[tokio::test]
async fn foreign_keys_stay_in_the_schema_and_carry_the_tenant() {
    let t = both_tiers().await;
    let keys = "
        select k.conname, c.oid::regclass::text as from, f.oid::regclass::text as to
        from pg_constraint k
        join pg_class c on c.oid = k.conrelid join pg_class f on f.oid = k.confrelid
        join pg_namespace n on n.oid = c.relnamespace
        where k.contype = 'f' and n.nspname like 'tenant\\_%' and (
          c.relnamespace <> f.relnamespace
          or (select attname from pg_attribute where attrelid = c.oid and attnum = k.conkey[1]) <> 'tenant_id'
          or (select attname from pg_attribute where attrelid = f.oid and attnum = k.confkey[1]) <> 'tenant_id')";
    assert_eq!(findings(&t, keys).await, [""; 0]);
    let inward = "
        select k.conname from pg_constraint k join pg_class f on f.oid = k.confrelid
        join pg_namespace n on n.oid = f.relnamespace join pg_class c on c.oid = k.conrelid
        where k.contype = 'f' and n.nspname like 'tenant\\_%' and c.relnamespace <> f.relnamespace";
    assert_eq!(findings(&t, inward).await, [""; 0]);
}

#[tokio::test]
async fn nothing_is_where_it_would_weaken_the_tenants() {
    let t = both_tiers().await;
    for (what, query) in [
        ("sequences, views, foreign tables", "
            select c.oid::regclass::text, c.relkind from pg_class c join pg_namespace n on n.oid = c.relnamespace
            where n.nspname like 'tenant\\_%' and c.relkind not in ('r', 'p', 'i', 'I', 't')
              and not (c.relkind = 'v' and 'security_invoker=true' = any (coalesce(c.reloptions, '{}')))"),
        ("enums and domains", "
            select ty.typname from pg_type ty join pg_namespace n on n.oid = ty.typnamespace
            where n.nspname like 'tenant\\_%' and ty.typtype in ('e', 'd', 'r')"),
        ("functions of tenants", "
            select p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace
            where n.nspname like 'tenant\\_%'"),
        ("triggers of tenants", "
            select g.tgname from pg_trigger g join pg_class c on c.oid = g.tgrelid
            join pg_namespace n on n.oid = c.relnamespace
            where n.nspname like 'tenant\\_%' and not g.tgisinternal"),
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

#[tokio::test]
async fn the_gate_finds_nothing_here_and_names_each_fault() {
    let t = both_tiers().await;
    assert_eq!(t.app.store().gate().await.unwrap(), []);
    let schema = "tenant_shared";
    for (fault, repair, expected) in [
        (
            format!("alter table {schema}.projects no force row level security"),
            format!("alter table {schema}.projects force row level security"),
            "does not force row-level security",
        ),
        (
            format!("alter table {schema}.projects owner to bailiwick_app"),
            format!("alter table {schema}.projects owner to bailiwick_owner"),
            "owns",
        ),
        (
            format!("delete from {schema}.schema_migrations"),
            String::new(),
            "migrations",
        ),
    ] {
        t.tamper(&fault).await;
        let findings = t.app.store().gate().await.unwrap();
        assert!(
            findings.iter().any(|f| f.problem.contains(expected)),
            "{fault}: {findings:?}"
        );
        if !repair.is_empty() {
            t.tamper(&repair).await;
            assert_eq!(t.app.store().gate().await.unwrap(), []);
        }
    }
}
