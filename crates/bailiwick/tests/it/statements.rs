//! Every statement of the store against a freshly migrated database.

use bailiwick_pg::{Schema, Statement};
use bailiwick_testkit::TestApp;

fn flat(statement: &Statement) -> String {
    statement
        .sql
        .split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .to_lowercase()
}

/// `search_path` is empty, so a table without its schema fails here as well.
#[tokio::test]
async fn every_statement_fits_the_schema_and_its_declared_types() {
    let t = TestApp::start().await;
    let shared = Schema::new("tenant_shared").unwrap();
    let mut count = 0;
    for statement in bailiwick_store::statements() {
        let schema = statement.is_tenant().then_some(&shared);
        let text = statement.render(schema);
        let types = t.app.store().pool().parameter_types(&text).await;
        let types = types.unwrap_or_else(|error| panic!("{}: {error}: {text}", statement.name));
        assert_eq!(types, statement.params, "{}: {text}", statement.name);
        count += 1;
    }
    assert!(count > 60, "{count} statements are hardly all");
}

#[test]
fn a_statement_of_tenants_names_the_tenant_for_every_table() {
    for statement in bailiwick_store::statements().filter(|s| s.is_tenant()) {
        let sql = flat(statement);
        let name = statement.name;
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
                let is_lock = word == "update" && sql[..at].ends_with(" for");
                let is_set = word == "update" && sql[..at].ends_with("do");
                let is_qualified = rest.starts_with("{t}.")
                    || rest.starts_with("control.")
                    || rest.starts_with('(')
                    || rest.starts_with("unnest(");
                assert!(
                    is_qualified || is_lock || is_set,
                    "{name}: a bare table: {sql}"
                );
            }
        }
    }
}

#[test]
fn columns_are_named_and_nothing_is_copied_between_tables() {
    for statement in bailiwick_store::statements() {
        let (name, sql) = (statement.name, flat(statement));
        let bare = sql.replace("count(*)", "");
        assert!(!bare.contains('*'), "{name}: {sql}");
        let copies = sql.contains("insert into") && sql.contains(") select ");
        assert!(
            !copies,
            "{name}: insert … select does not reach a Citus worker: {sql}"
        );
    }
}

/// Whoever has an order has more than one row, and whoever has more than one row has a limit.
#[test]
fn every_list_has_a_limit() {
    for statement in bailiwick_store::statements() {
        let (name, sql) = (statement.name, flat(statement));
        let is_list = sql.contains("order by") || name.contains("LIST") || sql.contains("= any(");
        assert!(!is_list || sql.contains("limit "), "{name}: {sql}");
    }
}

/// Constants are told apart in logs and caches by their text; the same text twice is a copy.
#[test]
fn no_statement_stands_twice() {
    let mut seen = std::collections::BTreeMap::new();
    for statement in bailiwick_store::statements() {
        if let Some(other) = seen.insert(flat(statement), statement.name) {
            panic!("{} and {other} are the same", statement.name);
        }
    }
}
