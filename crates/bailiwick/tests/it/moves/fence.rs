//! The moment in which nobody is in the tenant.

use std::time::{Duration, Instant};

use bailiwick_kernel::Tier;
use bailiwick_services::moves::{self, Went};
use bailiwick_store::projects::List;
use bailiwick_store::tenant::{TenantDoor, Visitor};
use bailiwick_testkit::World;
use serde_json::json;

use super::{assert_one_home, fill, home, server, want};

fn projects(world: &World) -> List {
    List::new(world.owner().user(), false, None, 10)
}

/// Somebody stays in the tenant: the fence gives way, and the others are let in soon.
#[tokio::test]
async fn who_stays_in_the_tenant_is_waited_for_without_the_others() {
    let t = server().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    fill(&t, &acme, 5).await;
    want(&t, &acme, Tier::Pro).await;
    // Up to the fence.
    let switching = "select 1 from control.moves where step = 'SWITCHING'";
    while t.count(switching).await == 0 {
        let went = moves::step(&t.app, acme.id).await.unwrap();
        assert_ne!(went, Went::Settled);
    }
    let store = t.app.store();
    let placement = store.find_placement(acme.id).await.unwrap().unwrap();
    let door = TenantDoor::new(&placement, Visitor::System("test"));
    let mut stays = store.enter(&door).await.unwrap();
    stays.read(&projects(&acme)).await.unwrap();
    let app = t.app.clone();
    let (id, began) = (acme.id, Instant::now());
    let step = tokio::spawn(async move { moves::step(&app, id).await });
    let answer = acme.owner().post("/projects", json!({"name": "P"})).await;
    let _ = answer.assert_status(201);
    assert!(
        began.elapsed() < Duration::from_secs(2),
        "{:?}",
        began.elapsed()
    );
    assert!(matches!(step.await.unwrap(), Ok(Went::On(_))));
    assert_eq!(home(&t, &acme).await, "tenant_shared");
    stays.commit().await.unwrap();
    t.settle().await;
    assert_ne!(assert_one_home(&t, &acme).await, "tenant_shared");
    let listed = acme.owner().get("/projects").await.assert_status(200);
    assert!(
        listed.column("name").contains(&"P".to_owned()),
        "{listed:?}"
    );
}

/// A server that has slept through the move believes in the old home: it is refused, and looks anew.
#[tokio::test]
async fn who_believes_in_the_old_home_writes_nothing_there() {
    let t = server().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let store = t.app.store();
    let placement = store.find_placement(acme.id).await.unwrap().unwrap();
    let door = TenantDoor::new(&placement, Visitor::System("test"));
    want(&t, &acme, Tier::Pro).await;
    t.settle().await;
    let late = store.read(&door, &projects(&acme)).await;
    assert!(matches!(late, Err(bailiwick_store::Error::Refused)));
    // The request's context is cached from before.
    let made = acme.owner().post("/projects", json!({"name": "P"})).await;
    let _ = made.assert_status(201);
    assert_one_home(&t, &acme).await;
}
