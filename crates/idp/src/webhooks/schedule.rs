//! When to try again. Pure, so that the whole schedule is one table of tests.

use jiff::SignedDuration;

/// The delay after each failed attempt; after the last of these comes one attempt more, then none.
const DELAYS: [SignedDuration; 7] = [
    SignedDuration::from_secs(5),
    SignedDuration::from_mins(5),
    SignedDuration::from_mins(30),
    SignedDuration::from_hours(2),
    SignedDuration::from_hours(5),
    SignedDuration::from_hours(10),
    SignedDuration::from_hours(10),
];

/// The least delay after a receiver that was too slow or said it had too much to do.
const OVERLOADED: SignedDuration = SignedDuration::from_secs(60);

/// What a failed attempt said about when to come back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Hint {
    /// No answer in time, or 429.
    pub overloaded: bool,
    /// The answer's `Retry-After`.
    pub retry_after: Option<SignedDuration>,
}

/// The delay before the next attempt once `attempts` have failed, or `None` when that was the
/// last. `jitter` spreads it evenly over ±20 %. A `Retry-After` can double the delay, no more,
/// and cannot shorten it.
pub(super) fn next_delay(attempts: u32, hint: Hint, jitter: u8) -> Option<SignedDuration> {
    let step = usize::try_from(attempts).ok()?.checked_sub(1)?;
    let delay = spread(*DELAYS.get(step)?, jitter);
    let delay = if hint.overloaded {
        delay.max(OVERLOADED)
    } else {
        delay
    };
    Some(match hint.retry_after {
        Some(wanted) => wanted.clamp(delay, delay * 2),
        None => delay,
    })
}

fn spread(delay: SignedDuration, jitter: u8) -> SignedDuration {
    let factor = 0.8 + 0.4 * f64::from(jitter) / f64::from(u8::MAX);
    delay.mul_f64(factor)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Hint = Hint {
        overloaded: false,
        retry_after: None,
    };

    fn seconds(attempts: u32, hint: Hint, jitter: u8) -> Option<i64> {
        next_delay(attempts, hint, jitter).map(|delay| delay.as_secs())
    }

    #[test]
    fn eight_attempts_over_more_than_a_day() {
        let low: Vec<_> = (1..=8).map(|n| seconds(n, PLAIN, 0)).collect();
        let high: Vec<_> = (1..=8).map(|n| seconds(n, PLAIN, 255)).collect();
        let some =
            |seconds: [i64; 7]| -> Vec<_> { seconds.into_iter().map(Some).chain([None]).collect() };
        assert_eq!(low, some([4, 240, 1440, 5760, 14400, 28800, 28800]));
        assert_eq!(high, some([6, 360, 2160, 8640, 21600, 43200, 43200]));
        assert_eq!(seconds(0, PLAIN, 0), None);
    }

    #[test]
    fn an_overloaded_receiver_gets_a_minute() {
        let hint = Hint {
            overloaded: true,
            retry_after: None,
        };
        assert_eq!(seconds(1, hint, 0), Some(60));
        assert_eq!(seconds(2, hint, 0), Some(240));
    }

    #[test]
    fn retry_after_moves_within_one_delay() {
        let hint = |seconds, overloaded| Hint {
            overloaded,
            retry_after: Some(SignedDuration::from_secs(seconds)),
        };
        assert_eq!(seconds(2, hint(1, false), 0), Some(240));
        assert_eq!(seconds(2, hint(300, false), 0), Some(300));
        assert_eq!(seconds(2, hint(9999, false), 0), Some(480));
        assert_eq!(seconds(1, hint(90, true), 0), Some(90));
    }
}
