//! A database of its own for each test, on one server for all of them.

use std::sync::atomic::{AtomicU32, Ordering};

use bailiwick_pg::{Pool, PoolConfig};

static NEXT: AtomicU32 = AtomicU32::new(0);

/// A migrated database that nobody else uses.
pub async fn database() -> Pool {
    let server = server();
    let admin = Pool::connect(PoolConfig::new(format!("{server} dbname=postgres")).max_size(1))
        .await
        .unwrap();
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let name = format!("idp_{}_{number}", std::process::id());
    admin
        .batch(&format!("create database {name}"))
        .await
        .unwrap();
    let config = PoolConfig::new(format!("{server} dbname={name}")).max_size(4);
    let pool = Pool::connect(config).await.unwrap();
    pool.batch("create schema idp").await.unwrap();
    bailiwick_idp::migrate(&pool).await.unwrap();
    pool
}

fn server() -> &'static str {
    "host=127.0.0.1 port=54329 user=postgres"
}
