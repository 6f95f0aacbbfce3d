//! What commits is sealed soon and once, by however many servers, killed wherever.

use std::time::{Duration, Instant};

use bailiwick_kernel::Tier;
use bailiwick_outside::storage::ObjectKey;
use bailiwick_services::audit::LOOK_EVERY;
use bailiwick_store::audit::Fact;
use bailiwick_store::tenant::{TenantDoor, Visitor};
use bailiwick_testkit::{TestApp, World};
use serde_json::json;

use super::{chained, facts, findings, projects, verified};
use crate::abandoned::abandon;
use crate::isolation::placement;

const PENDING: &str = "select 1 from control.audit_pending";

#[tokio::test]
async fn the_product_seals_what_commits_within_a_second() {
    let t = TestApp::options().system_clock().start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let stop = tokio_util::sync::CancellationToken::new();
    let sealing = tokio::spawn(bailiwick_worker::seal(t.app.clone(), stop.clone()));
    for name in ["first", "second"] {
        projects(&acme, &[name]).await;
        let committed = Instant::now();
        while t.count(PENDING).await > 0 {
            // A second is what is promised; a machine under load gets more.
            assert!(committed.elapsed() < Duration::from_secs(10), "{name}");
            tokio::task::yield_now().await;
        }
        let outside = "select 1 from control.audit_heads where number > published";
        while t.count(outside).await > 0 {
            assert!(committed.elapsed() < Duration::from_secs(10), "{name}");
            tokio::task::yield_now().await;
        }
    }
    stop.cancel();
    sealing.await.unwrap();
    let report = verified(&t).await;
    assert_eq!((report.findings, report.pending), (vec![], 0));
    assert_eq!(i64::try_from(report.facts).unwrap(), t.audit_count().await);
}

/// Commits become visible in another order than ids are made.
#[tokio::test]
async fn what_commits_late_is_sealed_late_and_not_lost() {
    let (t, acme) = chained().await;
    let door = TenantDoor::new(&placement(&t, &acme).await, Visitor::System("a test"));
    let mut slow = t.app.store().enter(&door).await.unwrap();
    let fact = Fact::impersonal(t.app.env(), "system", "tests.slow", ("test", "1"));
    slow.audit(&fact).await.unwrap();
    projects(&acme, &["after"]).await;
    t.seal().await;
    assert_eq!(findings(&t).await, [], "one is not there yet");
    slow.commit().await.unwrap();
    assert_eq!(verified(&t).await.pending, 1);
    t.seal().await;
    let report = verified(&t).await;
    assert_eq!((report.findings, report.pending), (vec![], 0));
    let last = "select s.facts[1] = a.id as last from control.audit_seals s, control.audit a
                where a.action = 'tests.slow' and s.chain = a.tenant_id order by s.number desc limit 1";
    assert_eq!(t.rows(last).await, [json!({"last": true})]);
}

/// Four servers seal while six people write in two tenants.
#[tokio::test]
async fn several_servers_seal_each_fact_once() {
    let t = TestApp::options().pool_max(12).start().await;
    let worlds = [
        t.tenant("acme", Tier::Starter).await,
        t.tenant("globex", Tier::Pro).await,
    ];
    let writing = futures::future::join_all((0..6).map(|writer| {
        let world = &worlds[writer % 2];
        async move {
            for _ in 0..8 {
                projects(world, &["made"]).await;
            }
        }
    }));
    let done = std::sync::atomic::AtomicBool::new(false);
    let sealing = futures::future::join_all((0..4).map(|_| async {
        while !done.load(std::sync::atomic::Ordering::Relaxed) {
            t.app.store().seal(t.app.env()).await.unwrap();
            tokio::task::yield_now().await;
        }
    }));
    let ended = async {
        writing.await;
        done.store(true, std::sync::atomic::Ordering::Relaxed);
    };
    futures::future::join(ended, sealing).await;
    t.seal().await;
    let report = verified(&t).await;
    assert_eq!((report.findings, report.pending), (vec![], 0));
    assert_eq!(i64::try_from(report.facts).unwrap(), t.audit_count().await);
}

/// Were the lock not there, the key would still let one of two win.
#[tokio::test]
async fn the_database_takes_no_link_twice() {
    let (t, _) = chained().await;
    let app = t.database.app(1).await;
    let error = app
        .batch(
            "insert into control.audit_seals (chain, number, facts, total, head, sealed_at, key_id, mac)
             select chain, number, facts, total, head, sealed_at, key_id, mac
             from control.audit_seals limit 1",
        )
        .await
        .unwrap_err();
    assert_eq!(error.constraint(), Some("audit_seals_pkey"), "{error}");
}

/// A process dies wherever it is; the next one goes on.
#[tokio::test]
async fn sealing_may_be_killed_anywhere_and_is_taken_up() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    for polls in 0..40 {
        facts(&t, &acme, [json!(polls), json!("again")]).await;
        abandon(bailiwick_services::audit::seal(&t.app), polls).await;
        abandon(bailiwick_services::audit::publish(&t.app), polls).await;
        assert_eq!(findings(&t).await, [], "after {polls} polls");
    }
    t.seal().await;
    let report = verified(&t).await;
    assert_eq!((report.findings, report.pending), (vec![], 0));
    assert_eq!(i64::try_from(report.facts).unwrap(), t.audit_count().await);
    // What supersedes a link removes it; who dies after one is written and before that is noted
    // leaves it behind. How many do is chance, but all that is outside are links.
    let (objects, links) = (
        t.object_count().await,
        t.count("select 1 from control.audit_seals").await,
    );
    assert!(objects >= 2 && objects <= links, "{objects} of {links}");

    // Nobody dies any more: what was left behind goes, and each link when the next is noted.
    several(&t, &acme).await;
    assert_eq!(outside(&t, &acme).await.len(), 1);
}

/// So many links that all that is outside has been looked at.
async fn several(t: &TestApp, world: &World) {
    for round in 0..LOOK_EVERY {
        facts(t, world, [json!(round)]).await;
        t.seal().await;
    }
}

/// Where the links of a tenant's chain are that are outside.
async fn outside(t: &TestApp, world: &World) -> Vec<ObjectKey> {
    let prefix = ObjectKey::from_segments(["audit-heads", &world.id.to_string()]).unwrap();
    let page = t.app.objects().list(Some(&prefix), None).await.unwrap();
    page.objects.into_iter().map(|object| object.key).collect()
}

/// A superseded link, which its writer did not live to take away.
async fn leave_behind(t: &TestApp, world: &World) {
    let objects = t.app.objects();
    let old = outside(t, world).await.remove(0);
    let body = objects.get(&old, 4096).await.unwrap().unwrap();
    facts(t, world, [json!("next")]).await;
    t.seal().await;
    assert_eq!(outside(t, world).await.len(), 1);
    assert!(
        objects
            .create(&old, "application/json", body)
            .await
            .unwrap()
    );
    assert_eq!(outside(t, world).await.len(), 2);
    assert_eq!(findings(t).await, []);
}

#[tokio::test]
async fn a_link_that_was_left_behind_goes() {
    let (t, acme) = chained().await;
    leave_behind(&t, &acme).await;
    several(&t, &acme).await;
    assert_eq!(outside(&t, &acme).await.len(), 1);

    // Who died before the note of the last one, too: the next that is noted skips it.
    leave_behind(&t, &acme).await;
    let unnoted = format!(
        "update control.audit_heads set published = published - 1 where chain = '{}'",
        acme.id
    );
    t.tamper(&unnoted).await;
    facts(&t, &acme, [json!("later")]).await;
    t.seal().await;
    assert_eq!(outside(&t, &acme).await.len(), 1);
    assert_eq!(findings(&t).await, []);
}

#[tokio::test]
async fn an_object_store_that_is_away_holds_nothing_up() {
    let (t, acme) = chained().await;
    t.memory().set_failing(true);
    projects(&acme, &["meanwhile"]).await;
    bailiwick_services::audit::seal(&t.app).await.unwrap();
    assert!(bailiwick_services::audit::publish(&t.app).await.is_err());
    assert_eq!(t.count(PENDING).await, 0);
    t.memory().set_failing(false);
    t.seal().await;
    assert_eq!(findings(&t).await, []);
    assert_eq!(
        t.count("select 1 from control.audit_heads where number > published")
            .await,
        0
    );
}

/// Whoever spoils one chain stops neither the others nor the writers.
#[tokio::test]
async fn a_spoiled_chain_stops_itself_alone() {
    let (t, acme) = chained().await;
    let globex = t.tenant("globex", Tier::Starter).await;
    t.tamper(&format!(
        "update control.audit_heads set number = 1 where chain = '{}'",
        acme.id
    ))
    .await;
    projects(&acme, &["waits"]).await;
    projects(&globex, &["goes on"]).await;
    t.seal().await;
    let waiting = t.rows("select chain from control.audit_pending").await;
    assert_eq!(waiting, [json!({"chain": acme.id})]);
    let found = findings(&t).await;
    assert!(
        found
            .iter()
            .all(|(chain, _)| chain.uuid() == acme.id.uuid()),
        "{found:?}"
    );
    assert!(!found.is_empty());
}
