//! The process or the database's backend dies at random moments of a move; it ends by itself, with
//! one home and every row that was acknowledged.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use bailiwick_kernel::Tier;
use bailiwick_services::moves;
use bailiwick_testkit::{Dice, TestApp, World};
use serde_json::json;

use super::{assert_one_home, fill, home, want};

/// More would have the move copy for as long as they come.
const WRITES_MAX: usize = 400;

/// Makes projects until told to stop, so many at most; answers the names that were acknowledged.
fn writer(world: &World, stop: &Arc<AtomicBool>) -> tokio::task::JoinHandle<Vec<String>> {
    let (owner, stop) = (world.owner().clone(), Arc::clone(stop));
    tokio::spawn(async move {
        let mut acknowledged = Vec::new();
        for n in 0..WRITES_MAX {
            if stop.load(Ordering::Relaxed) {
                break;
            }
            let name = format!("W{n}");
            let answer = owner.post("/projects", json!({"name": name})).await;
            match answer.status {
                201 => acknowledged.push(name),
                // Its connection was killed: it may be there or not.
                503 => {}
                other => panic!("{other}: {}", answer.text),
            }
        }
        acknowledged
    })
}

async fn killed_often(seed: u64, kills: usize) {
    let t = TestApp::options()
        .tiers_as_written()
        .rules(|rules| {
            rules.moves.batch_rows = 60;
            rules.moves.rest = 1;
        })
        .start()
        .await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let other = t.tenant("other", Tier::Starter).await;
    fill(&t, &acme, 150).await;
    fill(&t, &other, 20).await;
    let stop = Arc::new(AtomicBool::new(false));
    let (busy, neighbour) = (writer(&acme, &stop), writer(&other, &stop));
    let mut dice = Dice::new(seed);
    let mut tier = Tier::Starter;
    let mut moved = 0;
    for _ in 0..kills {
        if is_settled(&t, &acme).await {
            tier = if tier == Tier::Starter {
                Tier::Pro
            } else {
                Tier::Starter
            };
            want(&t, &acme, tier).await;
            moved += 1;
        }
        let (app, id) = (t.app.clone(), acme.id);
        let mover = tokio::spawn(async move { moves::run(&app, id).await });
        tokio::time::sleep(Duration::from_millis(dice.below(120) as u64)).await;
        if dice.below(2) == 0 {
            mover.abort();
        } else {
            t.tamper(
                "select pg_terminate_backend(pid) from pg_stat_activity
                 where datname = current_database() and usename in ('bailiwick_app', 'bailiwick_owner')
                   and (query like '%move%' or query like '%tenant\\_%') and pid <> pg_backend_pid()",
            )
            .await;
            tokio::time::sleep(Duration::from_millis(dice.below(20) as u64)).await;
            mover.abort();
        }
        let _ = mover.await;
    }
    t.settle().await;
    stop.store(true, Ordering::Relaxed);
    let (mine, theirs) = (busy.await.unwrap(), neighbour.await.unwrap());
    t.settle().await;
    assert!(moved > 0 && !mine.is_empty() && !theirs.is_empty());
    let here = assert_one_home(&t, &acme).await;
    assert_eq!(
        here == "tenant_shared",
        tier == Tier::Starter,
        "seed {seed}"
    );
    for (world, names, schema) in [
        (&acme, mine, here),
        (&other, theirs, home(&t, &other).await),
    ] {
        let query = format!(
            "select name, count(1) as times from {schema}.projects
             where tenant_id = '{}' and name like 'W%' group by name",
            world.id
        );
        let found = t.rows(&query).await;
        let once = |row: &serde_json::Value| row["times"] == 1;
        assert!(found.iter().all(once), "seed {seed}: doubled");
        let found: std::collections::BTreeSet<_> = found
            .iter()
            .map(|row| row["name"].as_str().unwrap())
            .collect();
        let lost: Vec<_> = names
            .iter()
            .filter(|name| !found.contains(name.as_str()))
            .collect();
        assert!(lost.is_empty(), "seed {seed}: lost {lost:?}");
    }
}

async fn is_settled(t: &TestApp, world: &World) -> bool {
    let query = format!(
        "select 1 from control.organizations o join control.placements p on p.organization_id = o.id
         where o.id = '{}' and p.tier = o.tier_wanted
           and not exists (select 1 from control.moves m where m.organization_id = o.id)",
        world.id
    );
    t.count(&query).await == 1
}

#[tokio::test]
async fn a_move_that_is_killed_at_random_moments_ends_with_one_home() {
    killed_often(1, 25).await;
}
