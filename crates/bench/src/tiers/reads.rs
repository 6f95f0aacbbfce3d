//! Load at the store's own door: so many callers, each with one read under way at all times.

use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::ensure;
use bailiwick_pg::{Pool, PoolConfig, sql};
use bailiwick_store::Store;
use bailiwick_store::projects::Get;
use bailiwick_store::tenant::TenantDoor;

use super::link::Link;
use crate::load::Random;
use crate::measure::{Sample, median};
use crate::stage::{DATABASE, PASSWORD, Stage};

/// What is read, by whom.
pub type Reads = Arc<Vec<(TenantDoor, Get)>>;

/// What a link adds to a round trip when it is set.
pub const LINK: Duration = Duration::from_millis(1);
/// Round trips of which the median counts.
const TRIPS: usize = 200;

sql! {
    /// A round trip with nothing in it.
    PING() = "select 1";
}

/// The database's address as the role that serves, at another port where one is given.
fn url(stage: &Stage, port: Option<u16>) -> anyhow::Result<String> {
    let url = stage
        .postgres
        .tcp_url("bailiwick_app", PASSWORD, DATABASE)?;
    let here = format!("127.0.0.1:{}", stage.postgres.tcp_port());
    Ok(port.map_or(url.clone(), |port| {
        url.replace(&here, &format!("127.0.0.1:{port}"))
    }))
}

/// A store with a pool of its own, over a link where its port is given.
pub async fn store(stage: &Stage, connections: usize, port: Option<u16>) -> anyhow::Result<Store> {
    let config = PoolConfig::new(url(stage, port)?).max_size(connections);
    Ok(Store::new(Pool::connect(config).await?))
}

/// Reads all over `reads` in random order for `time`. Each must find what it looks for.
pub async fn run(
    store: &Store,
    reads: &Reads,
    callers: usize,
    time: Duration,
) -> anyhow::Result<Sample> {
    let started = Instant::now();
    let until = started + time;
    let tasks: Vec<_> = (1..=callers)
        .map(|seed| tokio::spawn(one(store.clone(), Arc::clone(reads), seed, until)))
        .collect();
    let mut latencies_us = Vec::new();
    for task in tasks {
        latencies_us.append(&mut task.await??);
    }
    let sample = Sample::new(latencies_us, started.elapsed());
    ensure!(sample.count > 0, "not one read came back");
    Ok(sample)
}

async fn one(store: Store, reads: Reads, seed: usize, until: Instant) -> anyhow::Result<Vec<u32>> {
    let mut random = Random::new(u64::try_from(seed)?);
    let mut latencies_us = Vec::with_capacity(64 * 1024);
    loop {
        let sent = Instant::now();
        if sent >= until {
            return Ok(latencies_us);
        }
        let (door, get) = &reads[random.below(reads.len())];
        let project = store.read(door, get).await?;
        ensure!(project.is_some(), "a project is not there");
        latencies_us.push(u32::try_from(sent.elapsed().as_micros()).unwrap_or(u32::MAX));
    }
}

/// A link that adds [`LINK`] to a round trip: what sleeping adds by itself is found out and taken
/// off. Also what it adds in the end, in milliseconds.
pub async fn link(stage: &Stage) -> anyhow::Result<(Link, f64)> {
    let target = ([127, 0, 0, 1], stage.postgres.tcp_port()).into();
    let link = Link::open(target, LINK / 2)?;
    let far = store(stage, 1, Some(link.port())).await?;
    let near = store(stage, 1, None).await?;
    let wanted_ms = LINK.as_secs_f64() * 1000.0;
    let mut one_way_ms = wanted_ms / 2.0;
    let mut added = added_ms(&far, &near).await?;
    for _ in 0..3 {
        // On a machine that is busy elsewhere a trip may take any time: a link it stays.
        let exact = one_way_ms - (added - wanted_ms) / 2.0;
        one_way_ms = exact.clamp(wanted_ms / 4.0, wanted_ms / 2.0);
        link.set_one_way(Duration::from_secs_f64(one_way_ms / 1000.0));
        added = added_ms(&far, &near).await?;
    }
    Ok((link, added))
}

/// How much longer a round trip takes over the link.
async fn added_ms(far: &Store, near: &Store) -> anyhow::Result<f64> {
    Ok(trip_ms(far).await? - trip_ms(near).await?)
}

async fn trip_ms(store: &Store) -> anyhow::Result<f64> {
    let mut took = Vec::with_capacity(TRIPS);
    for _ in 0..TRIPS {
        let sent = Instant::now();
        store.pool().execute(&PING, &[]).await?;
        took.push(sent.elapsed().as_secs_f64() * 1000.0);
    }
    Ok(median(took))
}
