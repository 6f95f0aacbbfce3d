//! Load over HTTP: so many connections, each with one request under way at all times.

use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::ensure;
use tokio::task::LocalSet;

use crate::http::Client;
use crate::measure::Sample;

/// Sends `requests` in random order over `connections` for `time`. Every answer must be 200.
pub async fn run(
    address: SocketAddr,
    requests: Rc<Vec<Vec<u8>>>,
    connections: usize,
    time: Duration,
) -> anyhow::Result<Sample> {
    let mut clients = Vec::with_capacity(connections);
    for _ in 0..connections {
        clients.push(Client::connect(address).await?);
    }
    let started = Instant::now();
    let until = started + time;
    let local = LocalSet::new();
    let tasks: Vec<_> = clients
        .into_iter()
        .zip(1_u64..)
        .map(|(client, seed)| local.spawn_local(one(client, Rc::clone(&requests), seed, until)))
        .collect();
    local.await;
    let elapsed = started.elapsed();
    let mut latencies_us = Vec::new();
    for task in tasks {
        latencies_us.append(&mut task.await??);
    }
    Ok(Sample::new(latencies_us, elapsed))
}

/// One connection's requests; how long each took, in microseconds.
async fn one(
    mut client: Client,
    requests: Rc<Vec<Vec<u8>>>,
    seed: u64,
    until: Instant,
) -> anyhow::Result<Vec<u32>> {
    let mut random = Random::new(seed);
    let mut latencies_us = Vec::with_capacity(64 * 1024);
    loop {
        let sent = Instant::now();
        if sent >= until {
            return Ok(latencies_us);
        }
        let answer = client
            .exchange(&requests[random.below(requests.len())])
            .await?;
        ensure!(
            answer.status == 200,
            "the server answered {} in the middle of a measurement: {}",
            answer.status,
            answer.text()
        );
        latencies_us.push(u32::try_from(sent.elapsed().as_micros()).unwrap_or(u32::MAX));
    }
}

/// A sequence that is random enough to spread load (xorshift).
pub struct Random(u64);

impl Random {
    /// A sequence of its own for each seed.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    /// The next number, below `bound`.
    pub fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % bound.max(1) as u64).unwrap_or(0)
    }
}
