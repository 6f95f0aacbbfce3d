//! All rows arrive, with what was written meanwhile.

use bailiwick_kernel::Tier;
use bailiwick_testkit::{Dice, TestApp, World};
use serde_json::json;

use crate::isolation::statement;

use super::{assert_one_home, fill, home, rows, server, walk, want};

#[tokio::test]
async fn a_tenant_moves_up_and_down_with_all_its_rows() {
    let t = server().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let other = t.tenant("other", Tier::Starter).await;
    fill(&t, &acme, 30).await;
    fill(&t, &other, 10).await;
    let before = rows(&t, &acme, "tenant_shared").await;
    let theirs = rows(&t, &other, "tenant_shared").await;
    assert!(before.len() > 120, "{}", before.len());

    want(&t, &acme, Tier::Pro).await;
    t.settle().await;
    let own = assert_one_home(&t, &acme).await;
    assert!(
        own.starts_with("tenant_") && own != "tenant_shared",
        "{own}"
    );
    assert_eq!(rows(&t, &acme, &own).await, before);
    assert_eq!(rows(&t, &other, "tenant_shared").await, theirs);
    let path = format!("/organizations/{}", acme.id);
    let shown = acme.owner().get(&path).await.json();
    assert_eq!(shown["tier"], "pro");
    assert_eq!(shown["provisioningStatus"], "COMPLETED");
    let made = acme
        .owner()
        .post("/projects", json!({"name": "Here"}))
        .await;
    let _ = made.assert_status(201);

    let before = rows(&t, &acme, &own).await;
    want(&t, &acme, Tier::Starter).await;
    t.settle().await;
    assert_eq!(assert_one_home(&t, &acme).await, "tenant_shared");
    assert_eq!(rows(&t, &acme, "tenant_shared").await, before);
    assert_eq!(rows(&t, &other, "tenant_shared").await, theirs);
    let gone = format!("select 1 from pg_namespace where nspname = '{own}'");
    assert_eq!(t.count(&gone).await, 0, "the old home is removed");
    let facts = t.audit().await;
    for fact in ["tenants.upgrade", "tenants.downgrade"] {
        assert!(facts.iter().any(|known| known == fact), "{fact}: {facts:?}");
    }
}

/// A person's doings between the steps of a move: makes, renames, deletes.
async fn doings(world: &World, dice: &mut Dice, projects: &mut Vec<(String, String)>, n: usize) {
    let owner = world.owner();
    match dice.below(4) {
        0 if !projects.is_empty() => {
            let (id, _) = projects.remove(dice.below(projects.len()));
            let _ = owner
                .delete(format!("/projects/{id}"))
                .await
                .assert_status(204);
        }
        1 if !projects.is_empty() => {
            let at = dice.below(projects.len());
            let name = format!("renamed {n}");
            let _ = owner
                .put(
                    format!("/projects/{}", projects[at].0),
                    json!({"name": name}),
                )
                .await
                .assert_status(200);
            projects[at].1 = name;
        }
        _ => {
            let name = format!("made {n}");
            let made = owner.post("/projects", json!({"name": name})).await;
            projects.push((made.assert_status(201).text_of("id"), name));
        }
    }
}

async fn worked_through(seed: u64, from: Tier, to: Tier) {
    let t = server().await;
    let acme = t.tenant("acme", from).await;
    let mut dice = Dice::new(seed);
    let mut projects = Vec::new();
    for n in 0..12 {
        doings(&acme, &mut dice, &mut projects, n).await;
    }
    let old = home(&t, &acme).await;
    want(&t, &acme, to).await;
    let steps = walk(&t, &acme, async |n| {
        doings(&acme, &mut dice, &mut projects, 100 + n).await;
    })
    .await;
    assert!(steps > 10, "seed {seed}: {steps}");
    let new = assert_one_home(&t, &acme).await;
    assert_ne!(old, new);
    projects.sort();
    let found = t
        .rows(&format!(
            "select id, name from {new}.projects order by id::text"
        ))
        .await;
    let found: Vec<_> = found
        .iter()
        .map(|row| {
            let text = |key: &str| row[key].as_str().unwrap().to_owned();
            (text("id"), text("name"))
        })
        .collect();
    assert_eq!(found, projects, "seed {seed}");
}

#[tokio::test]
async fn what_is_written_on_the_way_up_is_there() {
    for seed in 1..4 {
        worked_through(seed, Tier::Starter, Tier::Pro).await;
    }
}

#[tokio::test]
async fn what_is_written_on_the_way_down_is_there() {
    for seed in 1..4 {
        worked_through(seed, Tier::Pro, Tier::Starter).await;
    }
}

#[tokio::test]
async fn the_organization_shows_the_move_as_it_goes() {
    let t = server().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    fill(&t, &acme, 20).await;
    want(&t, &acme, Tier::Pro).await;
    let path = format!("/organizations/{}", acme.id);
    let mut seen = Vec::new();
    walk(&t, &acme, async |_| {
        let shown = acme.owner().get(&path).await.json();
        let step = shown["move"]["step"].as_str().unwrap_or("-").to_owned();
        let state = shown["provisioningStatus"].as_str().unwrap().to_owned();
        let now = (step, state);
        if seen.last() != Some(&now) {
            seen.push(now);
        }
        let (done, total) = (&shown["move"]["rowsDone"], &shown["move"]["rowsTotal"]);
        assert!(done.as_i64() <= total.as_i64(), "{shown}");
    })
    .await;
    let seen: Vec<_> = seen
        .iter()
        .map(|(step, state)| format!("{step} {state}"))
        .collect();
    assert_eq!(
        seen,
        [
            "- COMPLETED",
            "PREPARING UPGRADING",
            "COPYING UPGRADING",
            "VERIFYING UPGRADING",
            "SWITCHING UPGRADING",
            "CLEANING COMPLETED",
            "- COMPLETED"
        ]
    );
}

/// Nothing is noted where nothing moves.
#[tokio::test]
async fn the_noting_is_silent_otherwise() {
    let t = TestApp::options().tiers_as_written().start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let made = acme.owner().post("/projects", json!({"name": "P"})).await;
    let _ = made.assert_status(201);
    assert_eq!(t.count("select 1 from tenant_shared.move_log").await, 0);
}

/// A piece waits for a gap between requests, and not for one that never comes.
#[tokio::test]
async fn it_goes_on_beside_somebody_who_never_leaves() {
    let t = TestApp::options()
        .tiers_as_written()
        .rules(|rules| rules.moves.rest = 1)
        .start()
        .await;
    let acme = t.tenant("acme", Tier::Starter).await;
    fill(&t, &acme, 3).await;
    want(&t, &acme, Tier::Pro).await;
    let mut staying = t.app.store().control().await.unwrap();
    let now = statement("select 1");
    let _ = staying.query(now, &[]).await.unwrap();
    walk(&t, &acme, async |_| {}).await;
    assert_ne!(assert_one_home(&t, &acme).await, "tenant_shared");
    let _ = staying.query(now, &[]).await.unwrap();
}
