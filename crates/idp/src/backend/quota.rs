//! How much an instance may ask.

use std::sync::{Mutex, PoisonError};

use http::StatusCode;
use jiff::{SignedDuration, Timestamp};

use crate::error::Refusal;

/// Requests that are served within one window, as on Clerk's production instances.
const REQUESTS: u32 = 1000;
/// The length of a window.
const WINDOW: SignedDuration = SignedDuration::from_secs(10);

/// Counts the requests of the current window.
pub(super) struct Quota(Mutex<(Timestamp, u32)>);

impl Quota {
    pub(super) fn new() -> Self {
        Self(Mutex::new((Timestamp::MIN, 0)))
    }

    /// Counts a request at `now`, or says when to come back.
    pub(super) fn take(&self, now: Timestamp) -> Result<(), Refusal> {
        let mut window = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (start, taken) = &mut *window;
        let age = now.duration_since(*start);
        if age >= WINDOW || age.is_negative() {
            (*start, *taken) = (now, 0);
        }
        if *taken < REQUESTS {
            *taken += 1;
            return Ok(());
        }
        let rest = WINDOW - now.duration_since(*start);
        let seconds = rest.as_secs().unsigned_abs() + u64::from(rest.subsec_nanos() > 0);
        let text = "Too many requests, retry later.";
        Err(Refusal::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", text).after(seconds))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_window_says_when_it_ends() {
        let quota = Quota::new();
        let start: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        assert!((0..REQUESTS).all(|_| quota.take(start).is_ok()));
        let later = start + SignedDuration::from_millis(2500);
        let refusal = quota.take(later).unwrap_err();
        assert_eq!(
            (refusal.status.as_u16(), refusal.retry_after),
            (429, Some(8))
        );
        assert!(quota.take(start + WINDOW).is_ok());
        // A clock that was set back does not shut anybody out.
        assert!(quota.take(start - WINDOW).is_ok());
    }
}
