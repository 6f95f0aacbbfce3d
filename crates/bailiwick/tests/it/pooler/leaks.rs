//! One backend for everybody: many tenants of both tiers, requests that are dropped wherever they
//! are. Nobody ever sees a row of somebody else's, or gets a transaction that somebody left.

use bailiwick_kernel::Tier;
use bailiwick_store::projects::List;
use bailiwick_store::tenant::{TenantDoor, Visitor};
use bailiwick_testkit::{Dice, Pooler, TestApp, World};
use serde_json::json;

use crate::abandoned::abandon;
use crate::isolation::{placement, statement};

/// Requests of each of the clients at once, and how many of those there are.
const REQUESTS: usize = 120;
const CLIENTS: u64 = 5;
/// More polls than any request here needs, so that some come to their end.
const POLLS_MAX: usize = 60;

struct Tenants {
    worlds: Vec<World>,
    doors: Vec<TenantDoor>,
    /// A project of each, by its id.
    projects: Vec<String>,
}

impl Tenants {
    async fn make(t: &TestApp) -> Self {
        let (mut worlds, mut doors, mut projects) = (Vec::new(), Vec::new(), Vec::new());
        for number in 0..6 {
            let tier = Tier::ALL[number % 2];
            let world = t.tenant(&format!("tenant-{number}"), tier).await;
            projects.push(world.owner().create_project(&world.slug).await);
            let home = placement(t, &world).await;
            doors.push(TenantDoor::new(&home, Visitor::System("a test")));
            worlds.push(world);
        }
        Self {
            worlds,
            doors,
            projects,
        }
    }
}

/// One client: each of its requests is somebody else's, and most are dropped on the way. What
/// arrives is the caller's alone.
async fn client(t: &TestApp, tenants: &Tenants, seed: u64) {
    let mut dice = Dice::new(seed);
    let none = statement(
        "select coalesce(current_setting('app.tenant_id', true), ''),
                (select count(*) from tenant_shared.projects), (select count(*) from control.audit),
                pg_current_xact_id_if_assigned() is null",
    );
    for _ in 0..REQUESTS {
        let at = dice.below(tenants.worlds.len());
        let (world, door) = (&tenants.worlds[at], &tenants.doors[at]);
        let owner = world.owner();
        let stranger = &tenants.projects[(at + 1) % tenants.worlds.len()];
        let polls = dice.below(POLLS_MAX);
        let list = List::new(owner.user(), false, None, 100);
        match dice.below(6) {
            0 => {
                let body = json!({"name": world.slug, "description": "x".repeat(polls * 40)});
                abandon(owner.post("/projects", body), polls).await;
            }
            1 => abandon(owner.get("/projects"), polls).await,
            2 => {
                let answer = owner.get("/projects").await.assert_status(200);
                let names = answer.column("name");
                assert!(names.iter().all(|name| *name == world.slug), "{names:?}");
                assert!(!names.is_empty(), "{}", world.slug);
            }
            3 => {
                let answer = owner.get(format!("/projects/{stranger}")).await;
                assert_eq!(answer.outcome(), "404 NOT_FOUND");
            }
            4 => {
                let several = async {
                    let mut tx = t.app.store().enter(door).await?;
                    let _ = tx.read(&list).await?;
                    tx.ensure_operator(owner.user(), t.now()).await?;
                    let rows = tx.read(&list).await?;
                    assert!(rows.iter().all(|project| project.name == world.slug));
                    tx.commit().await
                };
                abandon(several, polls).await;
            }
            _ => {
                let row = t.app.store().pool().query_one(none, &[]).await.unwrap();
                let seen: (String, i64, i64, bool) =
                    (row.get(0), row.get(1), row.get(2), row.get(3));
                assert_eq!(seen, (String::new(), 0, 0, true));
            }
        }
    }
}

async fn storm(t: &TestApp) {
    let tenants = Tenants::make(t).await;
    let clients = (1..=CLIENTS).map(|seed| client(t, &tenants, seed));
    futures::future::join_all(clients).await;
    // Nothing was written into somebody else's.
    for world in &tenants.worlds {
        let schema = placement(t, world).await.schema;
        let wrong = format!(
            "select name from {schema}.projects where (tenant_id = '{}') <> (name = '{}')",
            world.id, world.slug
        );
        assert_eq!(t.rows(&wrong).await, [""; 0], "{schema}");
    }
    // What was dropped last has settled once the one connection is free again.
    let _ = t
        .app
        .store()
        .pool()
        .query_one(statement("select 1"), &[])
        .await
        .unwrap();
    let backends = "select state from pg_stat_activity
        where datname = current_database() and usename = 'bailiwick_app'
          and application_name <> 'bailiwick-beside'";
    let states = t.rows(backends).await;
    assert_eq!(states, [json!({"state": "idle"})]);
}

#[tokio::test]
async fn of_one_connection() {
    let t = TestApp::options()
        .tiers_as_written()
        .without_pooler()
        .pool_max(1)
        .start()
        .await;
    storm(&t).await;
}

#[tokio::test]
async fn of_one_server_behind_a_pooler() {
    let pooler = Pooler::start("transaction", 1);
    let t = TestApp::options()
        .tiers_as_written()
        .pooler(&pooler)
        .start()
        .await;
    storm(&t).await;
}
