//! Whoever stops waiting, half-way through whatever it is: the connection carries nothing of theirs
//! to the next.

use std::pin::pin;

use bailiwick_kernel::Tier;
use bailiwick_store::Store;
use bailiwick_store::tenant::{TenantDoor, Visitor};
use bailiwick_testkit::TestApp;
use serde_json::json;

use super::isolation::{placement, statement};

/// Polls `work` a few times and drops it, wherever it is by then.
pub(crate) async fn abandon(work: impl Future, polls: usize) {
    let mut work = pin!(work);
    for _ in 0..polls {
        if futures::poll!(&mut work).is_ready() {
            return;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_dropped_future_leaves_neither_a_tenant_nor_a_transaction() {
    let t = TestApp::start().await;
    let worlds = [
        t.tenant("acme", Tier::Starter).await,
        t.tenant("globex", Tier::Pro).await,
    ];
    let mut doors = Vec::new();
    for world in &worlds {
        world.owner().create_project(&world.slug).await;
        let placement = placement(&t, world).await;
        doors.push(TenantDoor::new(&placement, Visitor::System("a test")));
    }
    let pool = t.database.app(1).await;
    let store = Store::new(pool.clone());
    let state = statement(
        "select coalesce(current_setting('app.tenant_id', true), ''), count(*) from tenant_shared.projects",
    );
    for round in 0..400_usize {
        let (world, door) = (&worlds[round % 2], &doors[round % 2]);
        let list = bailiwick_store::projects::List::new(world.owner().user(), false, None, 10);
        let polls = round % 23;
        abandon(store.read(door, &list), polls).await;
        let several = async {
            let mut tx = store.enter(door).await?;
            let _ = tx.read(&list).await?;
            tx.ensure_operator(world.owner().user(), t.now()).await?;
            let _ = tx.read(&list).await?;
            tx.commit().await
        };
        abandon(several, polls).await;
        let row = pool.query_one(state, &[]).await.unwrap();
        let (tenant, visible): (String, i64) = (row.get(0), row.get(1));
        assert_eq!((tenant.as_str(), visible), ("", 0), "after {polls} polls");
        let other = &worlds[(round + 1) % 2];
        let door = &doors[(round + 1) % 2];
        let found = store.read(door, &list).await.unwrap();
        let names: Vec<&str> = found.iter().map(|p| p.name.as_str()).collect();
        assert_eq!(names, [other.slug.as_str()]);
    }
    let open = "
        select pid from pg_stat_activity
        where datname = current_database() and state like 'idle in transaction%'";
    assert_eq!(t.count(open).await, 0);
}

/// Whoever gets the connection does not wait for the statement that nobody waits for any more.
#[tokio::test]
async fn a_transaction_that_was_left_waiting_is_cancelled_before_its_connection_is_lent() {
    let t = TestApp::start().await;
    let pool = t.database.app_anew().await;
    let who = statement("select pg_backend_pid()");
    let slow = statement("select pg_sleep(60)");
    for is_first in [true, false] {
        let before: i32 = pool.query_one(who, &[]).await.unwrap().get(0);
        let mut tx = pool.begin().await.unwrap();
        if !is_first {
            assert_eq!(
                tx.query_one(who, &[]).await.unwrap().get::<_, i32>(0),
                before
            );
        }
        let asleep = format!(
            "select pid from pg_stat_activity where pid = {before} and wait_event = 'PgSleep'"
        );
        {
            let mut sleeping = pin!(tx.query(slow, &[]));
            while t.count(&asleep).await == 0 {
                assert!(futures::poll!(&mut sleeping).is_pending());
            }
        }
        assert!(
            tx.query(who, &[]).await.is_err(),
            "one that was left is over"
        );
        drop(tx);
        let _ = pool.query_one(who, &[]).await.unwrap();
        assert_eq!(t.count(&asleep).await, 0, "first statement: {is_first}");
        assert_eq!((pool.status().idle, pool.status().in_use), (1, 0));
    }
    // One that is neither waiting nor committed gives its connection back.
    let before: i32 = pool.query_one(who, &[]).await.unwrap().get(0);
    let mut tx = pool.begin().await.unwrap();
    let _ = tx.query_one(who, &[]).await.unwrap();
    drop(tx);
    assert_eq!(
        pool.query_one(who, &[]).await.unwrap().get::<_, i32>(0),
        before
    );
}

#[tokio::test]
async fn a_client_that_hangs_up_leaves_nothing_to_the_next() {
    let t = TestApp::options().pool_max(1).start().await;
    let worlds = [
        t.tenant("acme", Tier::Starter).await,
        t.tenant("globex", Tier::Pro).await,
    ];
    for world in &worlds {
        world.owner().create_project(&world.slug).await;
    }
    for round in 0..60_usize {
        let (leaving, next) = (worlds[round % 2].owner(), &worlds[(round + 1) % 2]);
        let body = json!({"name": worlds[round % 2].slug, "description": "x".repeat(2000)});
        abandon(leaving.post("/projects", body), round % 31).await;
        abandon(leaving.get("/projects"), round % 17).await;
        let names = next
            .owner()
            .get("/projects")
            .await
            .assert_status(200)
            .column("name");
        assert!(names.iter().all(|name| *name == next.slug), "{names:?}");
        assert!(!names.is_empty());
    }
}
