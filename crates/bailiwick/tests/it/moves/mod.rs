//! Tenants that move from one tier to the other while they work.

mod fence;
mod kills;
mod late;
mod live;
mod minds;
mod order;
mod plans;

use bailiwick_kernel::Tier;
use bailiwick_services::moves::{self, Went};
use bailiwick_testkit::{TestApp, World};
use serde_json::{Value, json};

/// A server that moves a few rows at a time and does not rest.
async fn server() -> TestApp {
    let options = TestApp::options().tiers_as_written().rules(|rules| {
        rules.moves.batch_rows = 7;
        rules.moves.rest = 0;
    });
    options.start().await
}

/// Asks for a tier as a plan or an operator does.
async fn want(t: &TestApp, world: &World, tier: Tier) {
    let mut tx = t.app.store().control().await.unwrap();
    bailiwick_store::organizations::lock_by_id(&mut tx, world.id)
        .await
        .unwrap();
    moves::want(&t.app, &mut tx, world.id, tier).await.unwrap();
    tx.commit().await.unwrap();
}

/// Takes steps until the tenant is settled, with something done before each; answers how many.
async fn walk(t: &TestApp, world: &World, mut before: impl AsyncFnMut(usize)) -> usize {
    for count in 0..10_000 {
        before(count).await;
        match moves::step(&t.app, world.id).await {
            Ok(Went::Settled) => return count,
            Ok(Went::On(_)) => {}
            Err(error) => assert!(error.is_transient(), "{error}"),
        }
    }
    panic!("the move does not end");
}

const TABLES: [&str; 5] = [
    "members",
    "projects",
    "project_members",
    "documents",
    "approvals",
];

/// The rows of a tenant in a schema, table by table.
async fn rows(t: &TestApp, world: &World, schema: &str) -> Vec<Value> {
    let mut all = Vec::new();
    for table in TABLES {
        let query = format!(
            "select '{table}' as of, x.* from {schema}.{table} x where tenant_id = '{}' order by id",
            world.id
        );
        all.extend(t.rows(&query).await);
    }
    all
}

/// Where a tenant lives.
async fn home(t: &TestApp, world: &World) -> String {
    let query = format!(
        "select schema_name from control.placements where organization_id = '{}'",
        world.id
    );
    let rows = t.rows(&query).await;
    rows[0]["schema_name"].as_str().unwrap().to_owned()
}

/// The tenant has one home, and nothing of it or of a move is anywhere else.
async fn assert_one_home(t: &TestApp, world: &World) -> String {
    let home = home(t, world).await;
    let schemas = t
        .rows("select nspname as schema from pg_namespace where nspname like 'tenant\\_%'")
        .await;
    for schema in schemas {
        let schema = schema["schema"].as_str().unwrap();
        if schema != home {
            assert_eq!(rows(t, world, schema).await, [json!(null); 0], "{schema}");
        }
        let noted = format!(
            "select 1 from {schema}.move_log where tenant_id = '{}'",
            world.id
        );
        assert_eq!(t.count(&noted).await, 0, "{schema}");
    }
    assert_eq!(t.count("select 1 from control.moves").await, 0);
    let capturing = "select 1 from control.placements where capturing";
    assert_eq!(t.count(capturing).await, 0);
    home
}

/// Something in each table, `n` of the larger ones.
async fn fill(t: &TestApp, world: &World, n: usize) {
    let (tenant, owner) = (world.id, world.owner().user());
    t.tamper(&format!(
        "insert into {schema}.projects (tenant_id, id, name, created_by, created_at, updated_at)
           select '{tenant}', gen_random_uuid(), 'P' || n, '{owner}', now(), now() from generate_series(1, {n}) n;
         insert into {schema}.project_members (tenant_id, id, project_id, member_id, project_role, added_by, created_at)
           select '{tenant}', gen_random_uuid(), p.id, '{owner}', 'lead', '{owner}', now()
           from {schema}.projects p where p.tenant_id = '{tenant}';
         insert into {schema}.documents (tenant_id, id, project_id, file_name, content_type, size, s3_key, uploaded_by, created_at)
           select '{tenant}', gen_random_uuid(), p.id, 'd.txt', 'text/plain', 1, 'org/x/' || p.id, '{owner}', now()
           from {schema}.projects p where p.tenant_id = '{tenant}';
         insert into {schema}.approvals (tenant_id, id, kind, amount, currency, requested_by, created_at)
           select '{tenant}', gen_random_uuid(), 'refund', n, 'EUR', '{owner}', now() from generate_series(1, {n}) n;",
        schema = home(t, world).await,
    ))
    .await;
}
