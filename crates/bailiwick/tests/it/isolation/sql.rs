//! SQL inside a tenant's transaction, with no schema and with the other's.

use bailiwick_store::tenant::Placement;

use super::PAIRS;
use super::pair::Pair;

/// What was said instead of rows.
async fn refusal(pair: &Pair, home: &Placement, sql: &[&str]) -> String {
    match pair.inside(home, &home.schema, sql).await {
        Ok((_, touched)) => panic!("{sql:?} was let through and touched {touched} rows"),
        Err(error) => error.sqlstate().unwrap_or("no answer").to_owned(),
    }
}

#[tokio::test]
async fn a_statement_without_its_schema_finds_no_table() {
    for tiers in PAIRS {
        let pair = Pair::of(tiers).await;
        let tables = pair.tables().await;
        for (own, _) in pair.both_ways() {
            let (path, _) = pair
                .inside(&own.home, &own.home.schema, &["show search_path"])
                .await
                .unwrap();
            assert_eq!(path[0].get::<_, String>(0), "\"\"");
            for table in &tables {
                for sql in [
                    format!("select 1 from {table}"),
                    format!(
                        "insert into {table} (tenant_id) values ('{}')",
                        own.world.id
                    ),
                    format!("update {table} set tenant_id = tenant_id"),
                    format!("delete from {table}"),
                    format!("truncate {table}"),
                    format!("copy {table} from stdin"),
                    format!("lock table {table}"),
                    format!("select 1 from control.{table}"),
                ] {
                    assert_eq!(refusal(&pair, &own.home, &[&sql]).await, "42P01", "{sql}");
                }
                let public = format!("select 1 from public.{table}");
                assert_eq!(refusal(&pair, &own.home, &[&public]).await, "42501");
            }
        }
    }
}

/// Both mistakes at once, and nothing comes of them: the other's schema, and the other's id.
#[tokio::test]
async fn sql_that_names_the_other_schema_finds_and_changes_nothing() {
    for tiers in PAIRS {
        let pair = Pair::of(tiers).await;
        let tables = pair.tables().await;
        for (own, other) in pair.both_ways() {
            let (a, b, schema) = (own.world.id, other.world.id, &other.home.schema);
            for table in &tables {
                let before = pair.rows_of(&other.home, table).await;
                let mine = pair.rows_of(&own.home, table).await;
                let here = format!("select 1 from {{t}}.{table}");
                let (rows, _) = pair
                    .inside(&own.home, &own.home.schema, &[&here])
                    .await
                    .unwrap();
                assert_eq!(rows.len(), mine, "{table}");
                for sql in [
                    format!("select 1 from {{t}}.{table} where tenant_id = '{b}'"),
                    format!("select 1 from {{t}}.{table} where tenant_id <> '{a}'"),
                    format!("select 1 from {{t}}.{table} where tenant_id = '{b}' for update"),
                    format!(
                        "update {{t}}.{table} set tenant_id = tenant_id where tenant_id = '{b}'"
                    ),
                    format!("update {{t}}.{table} set tenant_id = '{a}' where tenant_id = '{b}'"),
                    format!("delete from {{t}}.{table} where tenant_id = '{b}'"),
                    // A condition that would tell by failing is asked of one's own rows alone.
                    format!(
                        "select 1 from {{t}}.{table} where tenant_id <> '{a}' and 1 / length(left(tenant_id::text, 0)) = 1"
                    ),
                ] {
                    let done = pair.inside(&own.home, schema, &[&sql]).await;
                    assert_eq!(done.unwrap().1, 0, "{sql} in {schema}");
                }
                for sql in [
                    format!("insert into {{t}}.{table} (tenant_id) values ('{b}')"),
                    format!("truncate {{t}}.{table}"),
                ] {
                    let refused = pair.inside(&own.home, schema, &[&sql]).await.unwrap_err();
                    assert_eq!(refused.sqlstate(), Some("42501"), "{sql} in {schema}");
                }
                // One's own rows are not given away either.
                let give =
                    format!("update {{t}}.{table} set tenant_id = '{b}' where tenant_id = '{a}'");
                let refused = pair
                    .inside(&own.home, &own.home.schema, &[&give])
                    .await
                    .unwrap_err();
                assert_eq!(refused.sqlstate(), Some("42501"), "{give}");
                assert_eq!(pair.rows_of(&other.home, table).await, before, "{table}");
            }
        }
    }
}
