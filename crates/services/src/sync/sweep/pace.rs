//! How fast the provider is asked: its limits are for everybody who asks with our key.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Gives turns, so many a second.
pub(crate) struct Pace {
    interval: Duration,
    next: Mutex<Instant>,
}

impl Pace {
    /// `per_second` turns a second, at least one.
    pub fn new(per_second: u32) -> Self {
        Self {
            interval: Duration::from_secs(1) / per_second.max(1),
            next: Mutex::new(Instant::now()),
        }
    }

    /// Waits for the next turn.
    pub async fn turn(&self) {
        let turn = self.reserve(Instant::now());
        tokio::time::sleep_until(turn.into()).await;
    }

    /// The next turn, which is nobody else's.
    fn reserve(&self, now: Instant) -> Instant {
        let mut next = self.next.lock().unwrap_or_else(PoisonError::into_inner);
        let turn = now.max(*next);
        *next = turn + self.interval;
        turn
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_come_one_after_the_other_and_are_not_saved_up() {
        let pace = Pace::new(10);
        let start = Instant::now() + Duration::from_secs(1);
        let tenth = Duration::from_millis(100);
        assert_eq!(pace.reserve(start), start);
        assert_eq!(pace.reserve(start), start + tenth);
        assert_eq!(pace.reserve(start), start + 2 * tenth);
        let later = start + Duration::from_secs(60);
        assert_eq!(pace.reserve(later), later);
        assert_eq!(pace.reserve(later), later + tenth);
    }
}
