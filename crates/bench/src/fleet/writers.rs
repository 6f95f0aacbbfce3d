//! People who write while the fleet is migrated: some all over it, some in a tenant whose rows
//! somebody holds on to.

use std::time::{Duration, Instant};

use bailiwick_pg::{Pool, PoolConfig, Schema};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::millis;
use crate::stage::{DATABASE, Stage};

/// Writers over all tenants.
pub const WRITERS: usize = 4;
/// Writers of the one tenant.
const HOT: usize = 2;
/// How long a writer rests after a write: they are to meet the migration, not to compete with it for
/// the processors.
const PAUSE: Duration = Duration::from_millis(20);
/// How long its rows are held at once. A writer waits that long for the row alone, and so does not
/// want the same one.
pub const HELD_MS: u64 = 700;

/// After so many writes a new connection goes on: each has touched another tenant.
const CONNECTION: usize = 500;

/// What the writers saw.
#[derive(Debug, Clone, Copy, Default)]
pub struct Seen {
    /// The longest that one write took, over all tenants.
    pub longest_ms: f64,
    /// The same in the tenant that is held busy.
    pub hot_ms: f64,
    /// How many writes there were.
    pub writes: usize,
}

/// Writers at work.
pub struct Writing {
    stop: CancellationToken,
    all: Vec<JoinHandle<anyhow::Result<(f64, usize)>>>,
    hot: Vec<JoinHandle<anyhow::Result<(f64, usize)>>>,
    holder: JoinHandle<anyhow::Result<()>>,
}

impl Writing {
    /// Stops them; what they saw.
    pub async fn stop(self) -> anyhow::Result<Seen> {
        self.stop.cancel();
        let mut seen = Seen::default();
        for task in self.all {
            let (longest, writes) = task.await??;
            seen.longest_ms = seen.longest_ms.max(longest);
            seen.writes += writes;
        }
        for task in self.hot {
            seen.hot_ms = seen.hot_ms.max(task.await??.0);
        }
        self.holder.await??;
        Ok(seen)
    }
}

/// Writers for a time, and nothing beside them.
pub async fn run(stage: &Stage, schemas: &[Schema], time: Duration) -> anyhow::Result<Seen> {
    let writing = start(stage, schemas).await?;
    tokio::time::sleep(time).await;
    writing.stop().await
}

/// Lets them begin.
pub async fn start(stage: &Stage, schemas: &[Schema]) -> anyhow::Result<Writing> {
    let stop = CancellationToken::new();
    let url = stage.postgres.socket_url("postgres", DATABASE);
    let connect = || Pool::connect(PoolConfig::new(url.clone()).max_size(1).statement_cache(0));
    let busy = schemas[schemas.len() / 2].clone();
    let (mut all, mut hot) = (Vec::new(), Vec::new());
    for writer in 0..WRITERS {
        let pool = connect().await?;
        all.push(tokio::spawn(write(
            pool,
            schemas.to_vec(),
            writer * 7919,
            stop.clone(),
        )));
    }
    for writer in 0..HOT {
        let pool = connect().await?;
        let stop = stop.clone();
        hot.push(tokio::spawn(write(pool, vec![busy.clone()], writer, stop)));
    }
    let holder = tokio::spawn(hold(connect().await?, busy, stop.clone()));
    Ok(Writing {
        stop,
        all,
        hot,
        holder,
    })
}

/// One write after the other; the longest, and how many.
async fn write(
    pool: Pool,
    schemas: Vec<Schema>,
    seed: usize,
    stop: CancellationToken,
) -> anyhow::Result<(f64, usize)> {
    let (mut longest, mut writes, mut at) = (0.0_f64, 0, seed);
    while !stop.is_cancelled() {
        at = at
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        let schema = &schemas[(at >> 33) % schemas.len()];
        // A row that is there for nobody: it is the table's lock that is waited for.
        let text = format!("update {schema}.projects set updated_at = now() where name = 'nobody'");
        let began = Instant::now();
        pool.batch(&text).await?;
        longest = longest.max(millis(began));
        writes += 1;
        if writes % CONNECTION == 0 {
            pool.close_idle();
        }
        tokio::time::sleep(PAUSE).await;
    }
    Ok((longest, writes))
}

/// Holds a table's lock for a while, leaves it for as long, and so on.
async fn hold(pool: Pool, schema: Schema, stop: CancellationToken) -> anyhow::Result<()> {
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    let secs = HELD_MS as f64 / 1000.0;
    let text = format!(
        "update {schema}.projects set updated_at = now() where name = 'nobody'; select pg_sleep({secs})"
    );
    while !stop.is_cancelled() {
        pool.batch(&text).await?;
        tokio::time::sleep(Duration::from_millis(HELD_MS)).await;
    }
    Ok(())
}
