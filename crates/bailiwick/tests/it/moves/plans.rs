//! How PostgreSQL finds the rows of a tenant of which its statistics know nothing yet.

use std::collections::BTreeSet;

use bailiwick_kernel::Tier;
use bailiwick_pg::Schema;
use bailiwick_store::migrations::SHARED;
use bailiwick_store::moves::BY_KEY;
use serde_json::Value;

use super::server;

/// How many rows of each table five others have, who are in the statistics, and the tenant, who is not.
const BEFORE: usize = 2_000;
const AFTER: usize = 20_000;

/// The plan of a statement with a move's settings, of which one is that it serves for all values.
fn plan() -> String {
    let settings = BY_KEY.sql;
    format!(
        "create schema look;
         create function look.plan(statement text) returns json language plpgsql
         as $$ declare found json; count int; begin
           execute $b${settings}$b$;
           execute 'prepare looked as ' || statement;
           select cardinality(parameter_types) into count
             from pg_prepared_statements where name = 'looked';
           execute 'explain (format json) execute looked ('
             || array_to_string(array_fill('null'::text, array[count]), ', ') || ')' into found;
           deallocate looked;
           return found;
         end $$;"
    )
}

/// So many rows in every table for each tenant, without regard to what they point to.
fn fill(tenants: &str, rows: usize) -> String {
    let each = format!("{tenants} t cross join generate_series(1, {rows}) n");
    format!(
        "set session_replication_role = replica;
         insert into {SHARED}.members (tenant_id, id, role, created_at, updated_at)
           select t.id, gen_random_uuid(), 'member', now(), now() from {each};
         insert into {SHARED}.projects (tenant_id, id, name, created_by, created_at, updated_at)
           select t.id, gen_random_uuid(), 'One', t.id, now(), now() from {each};
         insert into {SHARED}.project_members (tenant_id, id, project_id, member_id, project_role, added_by, created_at)
           select t.id, gen_random_uuid(), gen_random_uuid(), t.id, 'lead', t.id, now() from {each};
         insert into {SHARED}.documents (tenant_id, id, scope, file_name, content_type, size, s3_key, uploaded_by, created_at)
           select t.id, gen_random_uuid(), 'ORG', 'a.txt', 'text/plain', 1, gen_random_uuid()::text, t.id, now() from {each};
         insert into {SHARED}.approvals (tenant_id, id, kind, amount, currency, requested_by, created_at)
           select t.id, gen_random_uuid(), 'refund', 1, 'EUR', t.id, now() from {each};
         set session_replication_role = origin"
    )
}

/// What a plan goes by: indexes, and whatever else reads a table.
fn ways(plan: &Value, into: &mut BTreeSet<String>) {
    match plan {
        Value::Array(all) => all.iter().for_each(|one| ways(one, into)),
        Value::Object(node) => {
            let text = |name| node.get(name).and_then(Value::as_str);
            match (text("Index Name"), text("Node Type")) {
                (Some(index), _) => into.insert(index.to_owned()),
                (None, Some(way @ ("Seq Scan" | "Sort" | "Hash Join" | "Merge Join"))) => {
                    into.insert(way.to_owned())
                }
                _ => false,
            };
            node.values().for_each(|one| ways(one, into));
        }
        _ => {}
    }
}

#[tokio::test]
async fn rows_are_found_by_their_keys_whatever_the_statistics_say() {
    let t = server().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let others = "(select gen_random_uuid() as id from generate_series(1, 5))";
    t.tamper(&plan()).await;
    t.tamper(&fill(others, BEFORE)).await;
    t.tamper("analyze").await;
    t.tamper(&fill(&format!("(select '{}'::uuid as id)", acme.id), AFTER))
        .await;

    let shared = Schema::new(SHARED).unwrap();
    let tables = t.app.store().movable_tables(&shared).await.unwrap();
    assert_eq!(tables.len(), super::TABLES.len());
    for table in tables {
        for statement in table.lookups(&shared, &shared) {
            let plan = t
                .rows(&format!("select look.plan($q${statement}$q$) as plan"))
                .await;
            let mut by = BTreeSet::new();
            ways(&plan[0]["plan"], &mut by);
            let key = format!("{}_pkey", table.name);
            assert_eq!(by, BTreeSet::from([key]), "{statement}");
        }
    }
}
