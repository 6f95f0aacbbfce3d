//! A database of its own for each test, on one server for all of them.

use std::path::Path;
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};

use bailiwick_embedded::postgres::{Postgres, PostgresConfig, PostgresError};
use bailiwick_pg::{Pool, PoolConfig, sql};

static SERVER: OnceLock<Postgres> = OnceLock::new();
static NEXT: AtomicU32 = AtomicU32::new(0);

sql! {
    NAME() = "select current_database()::text";
}

/// How many test runs can go on at the same time.
const RUNS: u32 = 16;

/// A migrated database that nobody else uses.
pub async fn database() -> Pool {
    database_at().await.0
}

/// A migrated database that nobody else uses, and how another process reaches it.
pub async fn database_at() -> (Pool, String) {
    let server = SERVER.get_or_init(start);
    let admin = PoolConfig::new(server.superuser_url()).max_size(1);
    let admin = Pool::connect(admin).await.unwrap();
    let name = format!("idp_{}", NEXT.fetch_add(1, Ordering::Relaxed));
    admin
        .batch(&format!("create database {name}"))
        .await
        .unwrap();
    let url = server.socket_url("postgres", &name);
    let pool = Pool::connect(PoolConfig::new(url.clone()).max_size(4))
        .await
        .unwrap();
    pool.batch("create schema idp").await.unwrap();
    bailiwick_idp::migrate(&pool).await.unwrap();
    (pool, url)
}

/// Where another connection to the same database finds it.
pub async fn url_of(pool: &Pool) -> String {
    let name: String = pool.query_one(&NAME, &[]).await.unwrap().get(0);
    SERVER.get_or_init(start).socket_url("postgres", &name)
}

/// A new server in the first directory that no other run uses. It ends with this process.
fn start() -> Postgres {
    let mut last = None;
    for run in 0..RUNS {
        let dir = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("idp-postgres-{run}"));
        let started = Postgres::remove(&dir)
            .and_then(|_| Postgres::start_blocking(&PostgresConfig::new(dir).fast(true)));
        match started {
            Ok(server) => return server,
            Err(PostgresError::InUse { .. }) => {}
            // Another run is removing the directory at this moment, or its server is still ending.
            Err(error) => last = Some(error),
        }
    }
    panic!("no directory is free, {RUNS} were tried: {last:?}");
}
