//! The gate looks at what stands in front of the database.

use bailiwick_pg::{Pool, PoolConfig};
use bailiwick_store::Store;
use bailiwick_store::gate::{Finding, Weight, poolers};
use bailiwick_testkit::{Database, Pooler};

async fn pool(config: PoolConfig) -> Pool {
    Pool::connect(config.max_size(2)).await.unwrap()
}

/// What is wrong, and what mends it.
async fn found(store: &Store) -> Vec<(Weight, String)> {
    let findings = store.gate().await.unwrap().into_iter();
    findings.map(|f: Finding| (f.weight, f.remedy)).collect()
}

#[tokio::test]
async fn what_a_pooler_would_break_is_refused_and_what_it_costs_is_said() {
    let pooler = Pooler::start("transaction", 4);
    let database = Database::create_behind(Some(pooler)).await;
    let (through, past) = (
        database.url("bailiwick_app"),
        database.direct_url("bailiwick_app"),
    );
    let serving = pool(PoolConfig::new(&through)).await;
    let check = async |what: &str, store: &Store, weight, remedy: &str| {
        let findings = found(store).await;
        let [(found, text)] = findings.as_slice() else {
            panic!("{what}: {findings:?}");
        };
        assert_eq!(*found, weight, "{what}");
        assert!(text.contains(remedy), "{what}: {text}");
    };

    let deaf = Store::new(serving.clone());
    assert!(!deaf.can_listen());
    check(
        "no way past it",
        &deaf,
        Weight::Advice,
        "set DATABASE_DIRECT_URL",
    )
    .await;
    let still_deaf = deaf
        .clone()
        .with_direct(pool(PoolConfig::new(&through)).await);
    assert!(!still_deaf.can_listen());
    let remedy = "set DATABASE_DIRECT_URL to the server itself";
    check(
        "no way past it either",
        &still_deaf,
        Weight::Refusal,
        remedy,
    )
    .await;
    let direct = pool(PoolConfig::new(&past)).await;
    let hearing = deaf.with_direct(direct.clone());
    assert!(hearing.can_listen());
    assert_eq!(found(&hearing).await, []);
    let naming = pool(PoolConfig::new(&through).statement_cache(50)).await;
    let naming = Store::new(naming).with_direct(direct.clone());
    let remedy = "unset DATABASE_STATEMENT_CACHE";
    check("named statements", &naming, Weight::Refusal, remedy).await;

    assert_eq!(poolers::of_migrations(&direct), []);
    let refused = poolers::of_migrations(&serving);
    assert_eq!(refused[0].weight, Weight::Refusal);
}

/// With names, the statements themselves fail: the refusal is not for nothing.
#[tokio::test]
async fn named_statements_do_fail_there() {
    let database = Database::create_behind(Some(Pooler::start("transaction", 3))).await;
    let config = PoolConfig::new(database.url("bailiwick_app")).statement_cache(50);
    let pool = pool(config).await;
    let one = crate::isolation::statement("select 1");
    let mut failures = 0;
    for _ in 0..20 {
        failures += usize::from(pool.query(one, &[]).await.is_err());
    }
    assert!(failures > 0);
}
