//! Requests all over the tenants, at a given pace, and what the backends that served them keep.

use std::fs;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use bailiwick_pg::sql;
use tokio::task::LocalSet;

use super::world::{USER, org};
use crate::http::{Client, request};
use crate::measure::{Sample, median};
use crate::signer::Signer;
use crate::stage::Stage;
use crate::{Cli, say};

/// Requests a second.
const RATE: u32 = 200;
/// Connections that send them.
const CLIENTS: u32 = 10;

sql! {
    /// The backends of the role that serves.
    BACKENDS() = "select pid from pg_stat_activity where usename = 'bailiwick_app' order by pid";
}

/// What was seen.
pub struct Roamed {
    pub sample: Sample,
    pub backends: usize,
    pub most_mb: f64,
    pub median_mb: f64,
}

/// Sends requests for `time`; looks at the memory every few seconds and at the end.
pub async fn run(
    cli: &Cli,
    stage: &Stage,
    tenants: usize,
    time: Duration,
) -> anyhow::Result<Roamed> {
    say(&format!(
        "{RATE} requests a second over all tenants for {} s, pool of {}",
        time.as_secs(),
        cli.pool
    ));
    let signer = Rc::new(stage.signer.clone());
    let started = Instant::now();
    let local = LocalSet::new();
    let tasks: Vec<_> = (0..CLIENTS)
        .map(|client| {
            let part = one(stage.public, Rc::clone(&signer), client, tenants, time);
            local.spawn_local(part)
        })
        .collect();
    let watching = async {
        let (mut most, mut last) = (0.0_f64, Vec::new());
        while started.elapsed() < time {
            tokio::time::sleep(Duration::from_secs(1)).await;
            last = memory(stage).await?;
            most = last.iter().copied().fold(most, f64::max);
        }
        anyhow::Ok((most, last))
    };
    let (most_mb, last) = local.run_until(watching).await?;
    let mut latencies = Vec::new();
    local.await;
    for task in tasks {
        latencies.append(&mut task.await??);
    }
    Ok(Roamed {
        sample: Sample::new(latencies, started.elapsed()),
        backends: last.len(),
        most_mb,
        median_mb: median(last),
    })
}

/// One connection's share of the requests; how long each took, in microseconds.
async fn one(
    address: SocketAddr,
    signer: Rc<Signer>,
    client: u32,
    tenants: usize,
    time: Duration,
) -> anyhow::Result<Vec<u32>> {
    let mut connection = Client::connect(address).await?;
    let mut every = tokio::time::interval(Duration::from_secs(1) * CLIENTS / RATE);
    let started = Instant::now();
    let mut latencies = Vec::new();
    // Each client walks over all tenants with a stride of its own.
    let mut at = usize::try_from(client)?;
    while started.elapsed() < time {
        every.tick().await;
        at = (at + 7919 + usize::try_from(client)?) % tenants;
        let token = signer.token(USER, &org(at), "org:admin")?;
        let bearer = format!("Bearer {token}");
        let text = request("GET", "/api/v1/projects", &[("authorization", &bearer)], "");
        let sent = Instant::now();
        let answer = connection.exchange(&text).await?;
        ensure!(
            answer.status == 200,
            "the server answered {}: {}",
            answer.status,
            answer.text()
        );
        latencies.push(u32::try_from(sent.elapsed().as_micros()).unwrap_or(u32::MAX));
    }
    Ok(latencies)
}

/// The private memory of each backend that serves, in megabytes of 2^20 bytes.
async fn memory(stage: &Stage) -> anyhow::Result<Vec<f64>> {
    let mut found = Vec::new();
    for row in stage.superuser.query(&BACKENDS, &[]).await? {
        let pid: i32 = row.try_get(0)?;
        // A backend may have ended since.
        let Ok(text) = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")) else {
            continue;
        };
        found.push(private_mb(&text).context("no private memory in smaps_rollup")?);
    }
    Ok(found)
}

fn private_mb(text: &str) -> Option<f64> {
    let mut kb = None;
    for line in text.lines().filter(|line| line.starts_with("Private_")) {
        let value: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
        kb = Some(kb.unwrap_or(0.0) + value);
    }
    kb.map(|kb| kb / 1024.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_memory_is_clean_and_dirty() {
        let text =
            "Rss: 9 kB\nPrivate_Clean:  1024 kB\nPrivate_Dirty:  2048 kB\nPrivate_Hugetlb: 0 kB\n";
        assert_eq!(private_mb(text), Some(3.0));
        assert_eq!(private_mb("Rss: 9 kB"), None);
    }
}
