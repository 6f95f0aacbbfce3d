//! Statements whose text is made at run time: the one that was asked just before is not sent again,
//! and is never another than the one that is meant.

use bailiwick_pg::{Error, Pool, Type};
use bailiwick_testkit::{Database, Pooler, TestApp};

use crate::isolation::statement;

const DOUBLE: &str = "select $1 * 2";
const SQUARE: &str = "select $1 * $1";

/// Asks in one transaction, with constants in between, which are sent without a name at first.
async fn ask_by_turns(pool: &Pool) {
    let constant = statement("select 'another'");
    let mut tx = pool.begin().await.unwrap();
    tx.query(statement("select 1"), &[]).await.unwrap();
    let mut given = 0_i64;
    for text in [DOUBLE, DOUBLE, SQUARE, SQUARE, DOUBLE, SQUARE] {
        for between in [false, true] {
            given += 1;
            let (rows, count) = tx.ask(text, &[Type::INT8], &[&given]).await.unwrap();
            let expected = given * if text == DOUBLE { 2 } else { given };
            assert_eq!((rows[0].get::<_, i64>(0), count), (expected, 1), "{text}");
            if between {
                let rows = tx.query(constant, &[]).await.unwrap();
                assert_eq!(rows[0].get::<_, String>(0), "another");
            }
        }
    }
    // The same text for other types is another statement.
    let (rows, _) = tx.ask(DOUBLE, &[Type::INT4], &[&21]).await.unwrap();
    assert_eq!(rows[0].get::<_, i32>(0), 42);
    tx.commit().await.unwrap();
}

#[tokio::test]
async fn what_is_asked_again_is_what_was_asked() {
    let t = TestApp::start().await;
    let pool = t.database.app(1).await;
    for _ in 0..3 {
        ask_by_turns(&pool).await;
    }
}

/// Each transaction may get another of the pooler's connections, and none knows what was asked before.
#[tokio::test]
async fn nothing_of_it_outlives_the_transaction() {
    let database = Database::create_behind(Some(Pooler::start("transaction", 3))).await;
    let pool = database.app(1).await;
    for _ in 0..6 {
        ask_by_turns(&pool).await;
    }
}

#[tokio::test]
async fn after_a_failure_nothing_is_asked() {
    let t = TestApp::start().await;
    let pool = t.database.app(1).await;
    let mut tx = pool.begin().await.unwrap();
    tx.query(statement("select 1"), &[]).await.unwrap();
    let inverse = "select 1 / $1";
    for given in [1_i64, 0] {
        let asked = tx.ask(inverse, &[Type::INT8], &[&given]).await;
        assert_eq!(asked.is_ok(), given == 1);
    }
    let asked = tx.ask(inverse, &[Type::INT8], &[&1_i64]).await;
    assert!(matches!(asked, Err(Error::Poisoned)));
    drop(tx);
    ask_by_turns(&pool).await;
}
