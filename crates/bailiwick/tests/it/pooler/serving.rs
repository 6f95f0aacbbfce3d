//! The whole product through a pooler that has fewer servers than we have connections.

use std::pin::pin;
use std::time::Duration;

use bailiwick_kernel::Tier;
use bailiwick_testkit::{Pooler, TestApp};
use serde_json::json;

use crate::isolation::statement;

#[tokio::test]
async fn both_tiers_are_served_and_changes_are_heard_past_it() {
    let t = TestApp::options()
        .pooler(&Pooler::start("transaction", 2))
        .start()
        .await;
    t.follow_changes();
    for (slug, tier) in [("acme", Tier::Starter), ("globex", Tier::Pro)] {
        let world = t.tenant(slug, tier).await;
        let project = world.owner().create_project(slug).await;
        let path = format!("/projects/{project}");
        let update = json!({"name": "renamed", "description": "by another"});
        let _ = world.owner().put(&path, update).await.assert_status(200);
        assert_eq!(world.admin().get(&path).await.text_of("name"), "renamed");
        let _ = world.viewer().get(&path).await.assert_status(404);
    }
}

/// Whoever is next does not wait for a statement that nobody waits for any more: PgBouncer passes the
/// request to cancel on to the one server that it is for.
#[tokio::test]
async fn what_was_left_waiting_is_cancelled_through_it() {
    let t = TestApp::options()
        .pooler(&Pooler::start("transaction", 1))
        .start()
        .await;
    let pool = t.database.app(2).await;
    let slow = statement("select pg_sleep(60)");
    let asleep = "select pid from pg_stat_activity
        where datname = current_database() and wait_event = 'PgSleep'";
    for _ in 0..3 {
        let mut tx = pool.begin().await.unwrap();
        {
            let mut sleeping = pin!(tx.query(slow, &[]));
            while t.count(asleep).await == 0 {
                assert!(futures::poll!(&mut sleeping).is_pending());
            }
        }
        drop(tx);
        let next = pool.query_one(statement("select 1"), &[]);
        let next = tokio::time::timeout(Duration::from_secs(20), next).await;
        let _ = next.unwrap().unwrap();
        assert_eq!(t.count(asleep).await, 0);
    }
}
