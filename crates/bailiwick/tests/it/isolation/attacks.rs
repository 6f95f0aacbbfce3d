//! What somebody tries who can run SQL inside a tenant's transaction, to get out of it.

use bailiwick_pg::Schema;

use super::pair::{Pair, Side};
use super::{PAIRS, statement};

/// Each attempt with what the server answers: permissions, or something that does not exist for us.
fn attempts(other: &Side) -> Vec<(Vec<String>, &'static str)> {
    let table = format!("{}.projects", other.home.schema);
    let (b, schema) = (other.world.id, &other.home.schema);
    let one = |sql: &str, code| (vec![sql.to_owned()], code);
    let denied = "42501";
    let mut all = vec![
        // In bulk, past the policies of single rows.
        one(&format!("copy {table} from stdin"), "0A000"),
        one(&format!("copy {table} from '/dev/null'"), denied),
        one(&format!("copy {table} to '/dev/null'"), denied),
        one(&format!("copy {table} to program 'cat'"), denied),
        // The policies themselves.
        (
            vec![
                "set local row_security = off".to_owned(),
                format!("select 1 from {table}"),
            ],
            denied,
        ),
        one(
            &format!("alter table {table} disable row level security"),
            denied,
        ),
        one(
            &format!("alter table {table} no force row level security"),
            denied,
        ),
        one(
            &format!("drop policy tenant_isolation_projects on {table}"),
            denied,
        ),
        one(
            &format!("create policy mine on {table} using (true)"),
            denied,
        ),
        one(
            &format!("alter table {table} owner to bailiwick_app"),
            denied,
        ),
        one("alter role bailiwick_app bypassrls", denied),
        // What would run as somebody else, or stand in the way of others.
        one(&format!("create view {schema}.mine as select 1"), denied),
        one(
            &format!("create function {schema}.mine() returns int language sql as 'select 1'"),
            denied,
        ),
        one(
            &format!(
                "create trigger mine before insert on {table} execute function control.capture()"
            ),
            denied,
        ),
        one(&format!("create index on {table} (id)"), denied),
        one("create temporary table mine (id int)", denied),
        one("create schema mine", denied),
        one(&format!("drop schema {schema} cascade"), denied),
        one(&format!("drop table {table}"), denied),
        // The inside of the door, without the door.
        one(&format!("select control.set_tenant('{b}')"), denied),
        // What the server knows of the rows: kept from whoever is under a policy.
        one("select 1 from pg_catalog.pg_statistic", denied),
    ];
    for role in [
        "bailiwick_owner",
        "bailiwick_ro",
        "bailiwick_retention",
        "postgres",
    ] {
        all.push(one(&format!("set local role {role}"), denied));
        all.push(one(
            &format!("set local session authorization {role}"),
            denied,
        ));
    }
    all
}

#[tokio::test]
async fn nothing_leads_out_of_a_tenants_transaction() {
    for tiers in PAIRS {
        let pair = Pair::of(tiers).await;
        pair.t.tamper("analyze").await;
        for (own, other) in pair.both_ways() {
            for (sql, code) in attempts(other) {
                let sql: Vec<&str> = sql.iter().map(String::as_str).collect();
                let refused = pair.inside(&own.home, &own.home.schema, &sql).await;
                let refused = refused
                    .err()
                    .unwrap_or_else(|| panic!("let through: {sql:?}"));
                assert_eq!(refused.sqlstate(), Some(code), "{sql:?}: {refused}");
            }
            let schema = &other.home.schema;
            let samples = format!(
                "select 1 from pg_catalog.pg_stats where schemaname = '{schema}' and tablename = 'projects'"
            );
            assert!(pair.t.count(&samples).await > 0, "nothing to find");
            let found = pair.inside(&own.home, schema, &[&samples]).await.unwrap();
            assert_eq!(found.1, 0, "{samples}");
            // A search path of one's own leads to the same tables and the same policies.
            let path = format!("set local search_path = {schema}");
            let bare = format!(
                "select 1 from projects where tenant_id <> '{}'",
                own.world.id
            );
            let found = pair
                .inside(&own.home, schema, &[&path, &bare])
                .await
                .unwrap();
            assert_eq!(found.1, 0, "{path}");
        }
        for (own, _) in pair.both_ways() {
            assert_eq!(pair.rows_of(&own.home, "projects").await, 1);
        }
    }
}

/// Whoever runs SQL of their own as the role that serves can set what the door sets: row security is
/// a wall against our mistakes. So no statement of ours does it (`law::statements`), and whatever is
/// set, there is never more than one tenant, nor anything left for the next.
#[tokio::test]
async fn a_setting_is_one_tenant_or_none_and_ends_with_the_transaction() {
    for tiers in PAIRS {
        let pair = Pair::of(tiers).await;
        let pool = pair.t.database.app(1).await;
        for (own, other) in pair.both_ways() {
            let all = all_projects(&own.home.schema, &other.home.schema);
            let (a, b) = (own.world.id, other.world.id);
            for (value, sees) in [
                (format!("{b}"), vec![format!("of {}", other.world.slug)]),
                (String::new(), vec![]),
                (uuid::Uuid::nil().to_string(), vec![]),
            ] {
                let set = format!("set local app.tenant_id = '{value}'");
                let (rows, _) = pair
                    .inside(&own.home, &own.home.schema, &[&set, &all])
                    .await
                    .unwrap();
                let names: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
                assert_eq!(names, sees, "{set}");
            }
            for value in [format!("{a},{b}"), "%".to_owned(), "null".to_owned()] {
                let set = format!("set local app.tenant_id = '{value}'");
                let refused = pair
                    .inside(&own.home, &own.home.schema, &[&set, &all])
                    .await;
                assert_eq!(refused.unwrap_err().sqlstate(), Some("22P02"), "{set}");
            }
            // On one connection: whoever comes next, with a tenant or with none.
            let mut tx = pool
                .enter(&super::flight(&own.home, &own.home.schema))
                .await
                .unwrap();
            let set = format!("set local app.tenant_id = '{b}'");
            tx.execute(statement(&set), &[]).await.unwrap();
            tx.commit().await.unwrap();
            assert_eq!(pool.query(statement(&all), &[]).await.unwrap().len(), 0);
            let flight = super::flight(&own.home, &own.home.schema);
            let rows = pool.read(&flight, statement(&all), &[]).await.unwrap();
            let names: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
            assert_eq!(names, [format!("of {}", own.world.slug)]);
        }
    }
}

/// The projects that are to be seen in both homes.
fn all_projects(one: &Schema, other: &Schema) -> String {
    if one == other {
        return format!("select name from {one}.projects");
    }
    format!("select name from {one}.projects union all select name from {other}.projects")
}
