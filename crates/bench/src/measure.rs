//! What a measurement is, and the median of several.

use std::time::Duration;

/// One measurement of one round.
#[derive(Debug, Clone, Copy, Default)]
pub struct Sample {
    /// Operations a second.
    pub per_second: f64,
    /// The mean of how long they took, in milliseconds.
    pub mean_ms: f64,
    /// Half of them took at most so many milliseconds.
    pub p50_ms: f64,
    /// 99 of 100 took at most so many milliseconds.
    pub p99_ms: f64,
    /// How many there were.
    pub count: usize,
}

impl Sample {
    /// Of how long each took, in microseconds, and how long all of it took.
    pub fn new(mut latencies_us: Vec<u32>, elapsed: Duration) -> Self {
        let count = latencies_us.len();
        #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
        let per_second = count as f64 / elapsed.as_secs_f64();
        let (p50_ms, p99_ms) = quantiles(&mut latencies_us);
        let sum_us: f64 = latencies_us.iter().copied().map(f64::from).sum();
        #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
        let mean_ms = sum_us / 1000.0 / count.max(1) as f64;
        Self {
            per_second,
            mean_ms,
            p50_ms,
            p99_ms,
            count,
        }
    }

    /// The middle of several, each figure for itself.
    pub fn middle(samples: &[Self]) -> Self {
        let of = |figure: fn(&Self) -> f64| median(samples.iter().map(figure));
        Self {
            per_second: of(|s| s.per_second),
            mean_ms: of(|s| s.mean_ms),
            p50_ms: of(|s| s.p50_ms),
            p99_ms: of(|s| s.p99_ms),
            count: samples.iter().map(|s| s.count).sum(),
        }
    }
}

/// The median and the 99th percentile in milliseconds.
fn quantiles(latencies_us: &mut [u32]) -> (f64, f64) {
    latencies_us.sort_unstable();
    let at = |percent: usize| {
        let place = latencies_us.len() * percent / 100;
        let place = place.min(latencies_us.len().saturating_sub(1));
        f64::from(latencies_us.get(place).copied().unwrap_or(0)) / 1000.0
    };
    (at(50), at(99))
}

/// The middle one; of an even number the mean of the two in the middle.
pub fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    let half = values.len() / 2;
    match (values.len() % 2, values.get(half)) {
        (_, None) => f64::NAN,
        (1, Some(middle)) => *middle,
        (_, Some(upper)) => f64::midpoint(values[half - 1], *upper),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_and_quantiles_are_of_the_sorted_values() {
        assert!((median([3.0, 1.0, 2.0]) - 2.0).abs() < f64::EPSILON);
        assert!((median([4.0, 1.0, 2.0, 3.0]) - 2.5).abs() < f64::EPSILON);
        assert!(median([]).is_nan());
        let mut latencies: Vec<u32> = (1..=1000).rev().map(|n| n * 1000).collect();
        assert_eq!(quantiles(&mut latencies), (501.0, 991.0));
        assert_eq!(quantiles(&mut []), (0.0, 0.0));
    }
}
