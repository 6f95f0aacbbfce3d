//! What stands between us and the server is found by trying.

use bailiwick_pg::{Between, Pool, PoolConfig};
use bailiwick_testkit::{Database, Pooler};

use crate::isolation::statement;

const SHARED: Between = Between::Transactions { keeps_names: false };

async fn app(url: String) -> Pool {
    Pool::connect(PoolConfig::new(url).max_size(2))
        .await
        .unwrap()
}

#[tokio::test]
async fn a_pooler_is_told_from_the_server_and_its_modes_from_each_other() {
    let direct = Database::create_behind(None).await;
    let pool = app(direct.url("bailiwick_app")).await;
    assert_eq!(
        (pool.between(), pool.statement_cache()),
        (Between::Nothing, 500)
    );
    for (mode, size, expected, cache) in [
        ("transaction", 1, SHARED, 0),
        ("transaction", 2, SHARED, 0),
        ("transaction", 20, SHARED, 0),
        ("session", 20, Between::Sessions, 500),
    ] {
        let pooler = Pooler::start(mode, size);
        let database = Database::create_behind(Some(pooler)).await;
        let pool = app(database.url("bailiwick_app")).await;
        let found = (pool.between(), pool.statement_cache());
        assert_eq!(found, (expected, cache), "{mode} mode, {size} servers");
    }
}

/// Others are served meanwhile, by servers that change hands: the answer is the same.
#[tokio::test]
async fn it_is_found_on_a_busy_pooler() {
    let database = Database::create_behind(Some(Pooler::start("transaction", 3))).await;
    let busy = database.app(4).await;
    let short = statement("select pg_sleep(0.001)");
    let load = async {
        loop {
            let all = (0..4).map(|_| busy.query(short, &[]));
            drop(futures::future::join_all(all).await);
        }
    };
    let look = async {
        for _ in 0..10 {
            let pool = app(database.url("bailiwick_app")).await;
            assert_eq!(pool.between(), SHARED);
        }
    };
    tokio::select! {
        () = load => {}
        () = look => {}
    }
}

#[tokio::test]
async fn a_pooler_that_parts_transactions_is_refused_with_what_mends_it() {
    let database = Database::create_behind(Some(Pooler::start("statement", 2))).await;
    let refused = Pool::connect(PoolConfig::new(database.url("bailiwick_app"))).await;
    let text = refused.err().unwrap().to_string();
    assert!(text.contains("set pool_mode = transaction"), "{text}");
}

/// What PgBouncer knows nothing of it refuses, and nothing of it is sent unless the URL says so.
#[tokio::test]
async fn a_startup_parameter_that_a_pooler_does_not_take_is_named() {
    let database = Database::create_behind(Some(Pooler::start("transaction", 2))).await;
    let url = format!("{} options='-c jit=off'", database.url("bailiwick_app"));
    let refused = Pool::connect(PoolConfig::new(url)).await;
    let text = refused.err().unwrap().to_string();
    assert!(
        text.contains("unsupported startup parameter: options"),
        "{text}"
    );
}
