//! The law of the house for tables and statements, ours and those of a product's own module.

use std::collections::BTreeMap;

use bailiwick_pg::{Schema, Statement};
use serde_json::Value;

use crate::TestApp;

/// What isolation rests on, as queries that find nothing. Tables that record migrations are no
/// tenant's.
const TABLES: &[(&str, &str)] = &[
    ("columns that one kind of schema has", "
        select c.relname, a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull,
               pg_get_expr(d.adbin, d.adrelid), array_agg(n.nspname::text order by n.nspname) as schemas
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        left join pg_attrdef d on d.adrelid = c.oid and d.adnum = a.attnum
        where n.nspname like 'tenant\\_%' and c.relkind = 'r'
        group by 1, 2, 3, 4, 5 having count(*) <> 2"),
    ("constraints that one kind of schema has", "
        select replace(pg_get_constraintdef(k.oid), n.nspname || '.', ''), k.conname, c.relname
        from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_namespace n on n.oid = c.relnamespace
        where n.nspname like 'tenant\\_%' group by 1, 2, 3 having count(*) <> 2"),
    ("indexes that one kind of schema has", "
        select replace(pg_get_indexdef(i.indexrelid), n.nspname || '.', '')
        from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
        where n.nspname like 'tenant\\_%' group by 1 having count(*) <> 2"),
    ("keys and indexes that the tenant does not lead", "
        select c.oid::regclass::text as table, i.indexrelid::regclass::text as index
        from pg_index i join pg_class c on c.oid = i.indrelid join pg_namespace n on n.oid = c.relnamespace
        left join pg_attribute a on a.attrelid = c.oid and a.attnum = i.indkey[0]
        where n.nspname like 'tenant\\_%' and c.relname not like 'schema\\_migrations%'
          and a.attname is distinct from 'tenant_id'"),
    ("tables without a tenant", "
        select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname like 'tenant\\_%' and c.relkind in ('r', 'p')
          and c.relname not like 'schema\\_migrations%'
          and not exists (select 1 from pg_attribute a where a.attrelid = c.oid and a.attname = 'tenant_id'
                          and a.attnotnull and a.atttypid = 'uuid'::regtype)"),
    ("foreign keys that leave the schema or the tenant", "
        select k.conname, c.oid::regclass::text as from, f.oid::regclass::text as to
        from pg_constraint k
        join pg_class c on c.oid = k.conrelid join pg_class f on f.oid = k.confrelid
        join pg_namespace n on n.oid = c.relnamespace
        where k.contype = 'f' and n.nspname like 'tenant\\_%' and (
          c.relnamespace <> f.relnamespace
          or (select attname from pg_attribute where attrelid = c.oid and attnum = k.conkey[1]) <> 'tenant_id'
          or (select attname from pg_attribute where attrelid = f.oid and attnum = k.confkey[1]) <> 'tenant_id')"),
    ("foreign keys into the schema", "
        select k.conname from pg_constraint k join pg_class f on f.oid = k.confrelid
        join pg_namespace n on n.oid = f.relnamespace join pg_class c on c.oid = k.conrelid
        where k.contype = 'f' and n.nspname like 'tenant\\_%' and c.relnamespace <> f.relnamespace"),
    ("sequences, views, foreign tables", "
        select c.oid::regclass::text, c.relkind from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname like 'tenant\\_%' and c.relkind not in ('r', 'p', 'i', 'I', 't')
          and not (c.relkind = 'v' and 'security_invoker=true' = any (coalesce(c.reloptions, '{}')))"),
    ("enums and domains", "
        select ty.typname from pg_type ty join pg_namespace n on n.oid = ty.typnamespace
        where n.nspname like 'tenant\\_%' and ty.typtype in ('e', 'd', 'r')"),
    ("functions", "
        select p.proname from pg_proc p join pg_namespace n on n.oid = p.pronamespace
        where n.nspname like 'tenant\\_%'"),
    ("triggers that do not note what is written while the tenant moves", "
        select g.tgname from pg_trigger g join pg_class c on c.oid = g.tgrelid
        join pg_namespace n on n.oid = c.relnamespace
        where n.nspname like 'tenant\\_%' and not g.tgisinternal
          and not (g.tgfoid = 'control.capture'::regproc and g.tgname = 'capture_' || c.relname)"),
    ("tables whose rows would be lost on a move", "
        select c.oid::regclass::text, pg_get_triggerdef(g.oid)
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        join pg_index i on i.indrelid = c.oid and i.indisprimary
        left join pg_trigger g on g.tgrelid = c.oid and g.tgfoid = 'control.capture'::regproc
        where n.nspname like 'tenant\\_%' and c.relname not like 'schema\\_migrations%' and c.relname <> 'move_log'
          -- After insert, delete and update, a row each; its arguments the name and the key.
          and (g.oid is null or g.tgtype <> 1 + 4 + 8 + 16 or g.tgenabled <> 'O'
            or pg_get_triggerdef(g.oid) not like '%WHEN ((current_setting(''app.capture''::text, true) = ''on''::text))%'
            or pg_get_triggerdef(g.oid) not like '%control.capture(' || quote_literal(c.relname) || ', ' || (
              select string_agg(quote_literal(a.attname), ', ' order by k.place)
              from unnest(i.indkey::int2[]) with ordinality k (attnum, place)
              join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum
              where a.attname <> 'tenant_id') || ')')"),
    ("columns of a tenant's tables that a move could not copy", "
        select c.oid::regclass::text, a.attname from pg_attribute a join pg_class c on c.oid = a.attrelid
        join pg_namespace n on n.oid = c.relnamespace
        where n.nspname like 'tenant\\_%' and a.attnum > 0 and a.attidentity <> ''"),
];

/// Statements of the store that open something to their transaction, beside the entries.
const DOORS: [&str; 3] = ["OPEN", "OPEN_INSTALLATION", "SEE"];

/// Looks at the tables of a server that has one starter and one pro tenant: both kinds of schema are
/// the same, the tenant leads, and nothing leads out or weakens it. Policies and owners are the
/// gate's business.
pub async fn tables(t: &TestApp) {
    let schemas = "select nspname from pg_namespace where nspname like 'tenant\\_%'";
    assert_eq!(t.count(schemas).await, 2, "one starter and one pro tenant");
    for (what, query) in TABLES {
        let found: Vec<String> = t.rows(query).await.iter().map(Value::to_string).collect();
        assert_eq!(found, [""; 0], "{what}");
    }
    assert_eq!(t.app.store().gate().await.unwrap(), []);
}

/// Looks at statements: each fits the migrated schema and its declared types, names the tenant and
/// its columns, and is bounded; none stands twice.
pub async fn statements(t: &TestApp, all: impl Iterator<Item = &'static Statement>) -> usize {
    let all: Vec<_> = all.collect();
    for statement in &all {
        fits(t, statement).await;
        is_spelled_out(statement);
        opens_nothing(statement);
        if statement.is_tenant() {
            names_the_tenant(statement);
        }
    }
    // Told apart in logs and caches by their text; the same text twice is a copy.
    let mut seen = BTreeMap::new();
    for statement in &all {
        if let Some(other) = seen.insert(flat(statement), statement.name) {
            panic!("{} and {other} are the same", statement.name);
        }
    }
    all.len()
}

fn flat(statement: &Statement) -> String {
    let words: Vec<&str> = statement.sql.split_whitespace().collect();
    words.join(" ").to_lowercase()
}

/// `search_path` is empty, so a table without its schema fails here as well.
async fn fits(t: &TestApp, statement: &Statement) {
    let shared = Schema::new("tenant_shared").unwrap();
    let text = statement.render(statement.is_tenant().then_some(&shared));
    let types = t.app.store().pool().parameter_types(&text).await;
    let types = types.unwrap_or_else(|error| panic!("{}: {error}: {text}", statement.name));
    assert_eq!(types, statement.params, "{}: {text}", statement.name);
}

fn names_the_tenant(statement: &Statement) {
    let (name, sql) = (statement.name, flat(statement));
    assert!(sql.contains("$1"), "{name}: {sql}");
    let tables = sql.matches("{t}.").count();
    let named = sql.matches("tenant_id = $1").count() + sql.matches("(tenant_id,").count();
    assert!(
        named >= tables,
        "{name}: {tables} tables, the tenant named {named} times: {sql}"
    );
    for word in ["from", "join", "into", "update"] {
        for (at, _) in sql.match_indices(&format!(" {word} ")) {
            let rest = sql[at..].trim_start().trim_start_matches(word).trim_start();
            let is_lock = word == "update"
                && (sql[..at].ends_with(" for") || sql[..at].ends_with(" for no key"));
            let is_set = word == "update" && sql[..at].ends_with("do");
            let is_qualified = ["{t}.", "control.", "(", "unnest("]
                .iter()
                .any(|start| rest.starts_with(start));
            assert!(
                is_qualified || is_lock || is_set,
                "{name}: a bare table: {sql}"
            );
        }
    }
}

/// The statements of the store that open something to their transaction: the doors, and those that
/// read facts chain by chain or look at a tenant's rows for who keeps the installation.
fn is_door(statement: &Statement) -> bool {
    let is_entry = bailiwick_store::tenant::STATEMENTS
        .iter()
        .any(|entry| entry.sql == statement.sql);
    let is_listed = bailiwick_store::statements()
        .any(|known| known.sql == statement.sql && DOORS.contains(&known.name));
    is_entry || is_listed
}

/// Row security believes a setting, and whoever runs SQL can set it. So no statement does, but for
/// the doors; and what any of them sets ends with the transaction.
fn opens_nothing(statement: &Statement) {
    let (name, sql) = (statement.name, flat(statement));
    for (at, _) in sql.match_indices("set_config(") {
        let call = sql[at..]
            .split_once(')')
            .map_or(&sql[at..], |(call, _)| call);
        assert!(
            call.ends_with(", true"),
            "{name} sets for longer than its transaction: {sql}"
        );
    }
    let is_set = sql.starts_with("set ") && !sql.starts_with("set transaction ");
    let is_reset = ["reset ", "discard ", "set_tenant(", "set_capture("]
        .iter()
        .any(|word| sql.contains(word));
    assert!(
        !is_set && !is_reset,
        "{name} sets for longer than its transaction: {sql}"
    );
    let opens = sql.contains("set_config('app.") || sql.contains("control.enter");
    assert!(!opens || is_door(statement), "{name} opens a tenant: {sql}");
}

fn is_spelled_out(statement: &Statement) {
    let (name, sql) = (statement.name, flat(statement));
    assert!(!sql.replace("count(*)", "").contains('*'), "{name}: {sql}");
    let copies = sql.contains("insert into") && sql.contains(") select ");
    assert!(
        !copies,
        "{name}: insert … select does not reach a Citus worker: {sql}"
    );
    // Whoever has an order has more than one row, and whoever has more than one row has a limit.
    let is_list = sql.contains("order by") || name.contains("LIST") || sql.contains("= any(");
    assert!(!is_list || sql.contains("limit "), "{name}: {sql}");
}
