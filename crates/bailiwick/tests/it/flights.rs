//! Reads of one flight: held to reading, undone as a whole, and settled before anybody else gets
//! their connection.

use bailiwick_kernel::Tier;
use bailiwick_pg::Error;
use bailiwick_testkit::{TestApp, World};
use futures::FutureExt as _;

use crate::isolation::{flight, placement, statement};

async fn world(t: &TestApp) -> World {
    let world = t.tenant("acme", Tier::Starter).await;
    world.owner().create_project("of acme").await;
    world
}

#[tokio::test]
async fn a_read_cannot_write() {
    let t = TestApp::start().await;
    let home = placement(&t, &world(&t).await).await;
    let pool = t.database.app(1).await;
    let write = statement("update {t}.projects set name = 'taken'");
    let read = statement("select name from {t}.projects");
    let flight = flight(&home, &home.schema);
    // Whole at first, then by name.
    for _ in 0..3 {
        let refused = pool.read(&flight, write, &[]).await.unwrap_err();
        assert_eq!(refused.sqlstate(), Some("25006"), "{refused}");
        let rows = pool.read(&flight, read, &[]).await.unwrap();
        assert_eq!(rows[0].get::<_, String>(0), "of acme");
    }
}

#[tokio::test]
async fn nothing_of_a_read_stays_on_its_connection() {
    let t = TestApp::start().await;
    let home = placement(&t, &world(&t).await).await;
    let pool = t.database.app(1).await;
    let count = statement("select count(*) from {t}.projects");
    let setting = statement("select coalesce(current_setting('app.tenant_id', true), '')");
    let flight = flight(&home, &home.schema);
    for _ in 0..3 {
        let rows = pool.read(&flight, count, &[]).await.unwrap();
        assert_eq!(rows[0].get::<_, i64>(0), 1);
        let bare = pool.query_one(setting, &[]).await.unwrap();
        assert_eq!(bare.get::<_, String>(0), "");
    }
}

#[tokio::test]
async fn a_read_of_a_stale_placement_is_refused() {
    let t = TestApp::start().await;
    let mut home = placement(&t, &world(&t).await).await;
    home.epoch += 1;
    let pool = t.database.app(1).await;
    let read = statement("select name from {t}.projects");
    let flight = flight(&home, &home.schema);
    for _ in 0..3 {
        let refused = pool.read(&flight, read, &[]).await;
        assert!(matches!(refused, Err(Error::Refused)), "{refused:?}");
    }
}

#[tokio::test]
async fn a_read_that_nobody_waits_for_is_cancelled_and_its_connection_comes_back_clean() {
    let t = TestApp::start().await;
    let home = placement(&t, &world(&t).await).await;
    let pool = t.database.app(1).await;
    let slow = statement("select pg_sleep(3600)::text, name from {t}.projects");
    let read = statement("select name from {t}.projects");
    let flight = flight(&home, &home.schema);
    for _ in 0..2 {
        let mut abandoned = Box::pin(pool.read(&flight, slow, &[]));
        // Polled until it waits for the server's answer, then dropped.
        assert!((&mut abandoned).now_or_never().is_none());
        drop(abandoned);
        let rows = pool.read(&flight, read, &[]).await.unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0].get::<_, String>(0), "of acme");
    }
}

#[tokio::test]
async fn a_connection_that_the_server_closed_is_not_lent() {
    let t = TestApp::start().await;
    let pool = t.database.app(1).await;
    let whoami = statement("select pg_backend_pid()");
    let pid: i32 = pool.query_one(whoami, &[]).await.unwrap().get(0);
    let superuser = t.database.superuser().await;
    let kill = statement(&format!("select pg_terminate_backend({pid}, 5000)"));
    assert!(
        superuser
            .query_one(kill, &[])
            .await
            .unwrap()
            .get::<_, bool>(0)
    );
    // The farewell may still be on its way to us; at most one request notices it.
    let mut seen = pool.query_one(whoami, &[]).await;
    if let Err(error) = &seen {
        assert!(error.is_transient(), "{error}");
        seen = pool.query_one(whoami, &[]).await;
    }
    assert_ne!(seen.unwrap().get::<_, i32>(0), pid);
}

#[tokio::test]
async fn a_glance_begins_nothing_and_is_part_of_what_has_begun() {
    let t = TestApp::start().await;
    let pool = t.database.app(1).await;
    let number = statement("select txid_current()");
    let mut tx = pool.begin().await.unwrap();
    let mut seen = Vec::new();
    for _ in 0..2 {
        let [one, other] = tx.glance([(number, &[]), (number, &[])]).await.unwrap();
        let pair = [one, other].map(|rows| rows[0].get::<_, i64>(0));
        assert_eq!(pair[0], pair[1], "one flight is one transaction");
        seen.push(pair[0]);
    }
    assert_ne!(seen[0], seen[1], "the next glance is another");
    assert!(!tx.has_begun());
    let begun: i64 = tx.query_one(number, &[]).await.unwrap().get(0);
    let [rows] = tx.glance([(number, &[])]).await.unwrap();
    assert_eq!(rows[0].get::<_, i64>(0), begun);
    assert!(tx.has_begun());
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn a_glance_enters_where_there_is_something_to_enter() {
    let t = TestApp::start().await;
    let mut home = placement(&t, &world(&t).await).await;
    let pool = t.database.app(1).await;
    let read = statement("select name from {t}.projects");
    let mut tx = pool.enter(&flight(&home, &home.schema)).await.unwrap();
    let [rows] = tx.glance([(read, &[])]).await.unwrap();
    assert_eq!(rows[0].get::<_, String>(0), "of acme");
    tx.commit().await.unwrap();
    home.epoch += 1;
    let mut tx = pool.enter(&flight(&home, &home.schema)).await.unwrap();
    let refused = tx.glance([(read, &[])]).await;
    assert!(matches!(refused, Err(Error::Refused)), "{refused:?}");
}

#[tokio::test]
async fn nothing_follows_a_glance_that_failed() {
    let t = TestApp::start().await;
    let pool = t.database.app(1).await;
    let wrong = statement("select 1 / 0");
    let mut tx = pool.begin().await.unwrap();
    assert!(tx.glance([(wrong, &[])]).await.is_err());
    let next = tx.query(statement("select 1"), &[]).await;
    assert!(matches!(next, Err(Error::Poisoned)), "{next:?}");
    assert!(matches!(tx.commit().await, Err(Error::Poisoned)));
}
