//! The schemas of all tenants: made, and brought to a newer version.

mod making;
mod migrating;
mod tenants;
mod verifying;

use bailiwick_kernel::Tier;
use bailiwick_pg::Migration;
use bailiwick_store::migrations::ModuleTree;
use bailiwick_testkit::{TestApp, World};

/// What the next version of a product brings: a column more.
const COLOURS: ModuleTree = ModuleTree {
    name: "colours",
    migrations: &[Migration {
        version: 1,
        name: "colour",
        sql: "alter table {t}.projects add column colour text;\nalter table {t}.projects add constraint projects_colour_check check (char_length(colour) < 20) not valid;",
    }],
};

/// A server with these organizations, each with a schema of its own.
async fn pros<const N: usize>(slugs: [&str; N]) -> (TestApp, [World; N]) {
    let t = TestApp::options().tiers_as_written().start().await;
    let mut worlds = Vec::new();
    for slug in slugs {
        worlds.push(t.tenant(slug, Tier::Pro).await);
    }
    (t, worlds.try_into().unwrap_or_else(|_| unreachable!()))
}

/// In which schemas projects have a colour.
async fn coloured(t: &TestApp) -> Vec<String> {
    let query = "
        select table_schema as name from information_schema.columns
        where table_name = 'projects' and column_name = 'colour' order by 1";
    let rows = t.rows(query).await;
    rows.iter()
        .map(|row| row["name"].as_str().unwrap().to_owned())
        .collect()
}

/// Everything that a migration could change, as text.
async fn catalog(t: &TestApp) -> String {
    let query = "
        select (select count(*) from pg_class) as relations, (select count(*) from pg_namespace) as schemas,
               (select count(*) from pg_attribute) as columns,
               (select jsonb_agg(to_jsonb(s) order by s.schema_name) from control.tenant_schemas s) as noted";
    t.rows(query).await[0].to_string()
}
