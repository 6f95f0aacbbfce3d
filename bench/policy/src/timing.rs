//! Medians of rounds.

use std::time::{Duration, Instant};

/// Rounds, of which the median counts.
pub const ROUNDS: usize = 9;
/// At least so long each.
const ROUND: Duration = Duration::from_millis(200);

/// Nanoseconds a call, over calls with 0, 1, … `cells` - 1 again and again.
pub fn per_call_ns(cells: usize, mut call: impl FnMut(usize) -> bool) -> f64 {
    let rounds = (0..ROUNDS).map(|_| {
        let (started, mut calls) = (Instant::now(), 0_u64);
        while started.elapsed() < ROUND {
            for at in 0..cells {
                std::hint::black_box(call(at));
            }
            calls += cells as u64;
        }
        started.elapsed().as_secs_f64() * 1e9 / calls as f64
    });
    median(rounds.collect())
}

/// The middle one.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
