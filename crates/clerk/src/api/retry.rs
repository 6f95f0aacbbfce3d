//! When to try again, and how long to wait before.

use std::time::Duration;

use bailiwick_kernel::Env;
use jiff::Timestamp;
use jiff::fmt::rfc2822;
use reqwest::header::{HeaderMap, RETRY_AFTER};

/// How often a call is sent at most.
pub(super) const MAX_ATTEMPTS: u32 = 4;

/// The wait before the second attempt; it doubles with each further one.
const FIRST_DELAY: Duration = Duration::from_millis(200);

/// The longest wait. Where the provider asks for more, the caller gets the error at once and with
/// it the wish: a queue can wait for minutes, a request cannot.
const MAX_DELAY: Duration = Duration::from_secs(5);

/// The wait before the attempt after `attempt` (1 is the first), or none where it is not worth it.
/// Between half and the whole of the backoff, so that many callers do not come back together.
pub(super) fn delay(attempt: u32, asked: Option<Duration>, env: &Env) -> Option<Duration> {
    if attempt >= MAX_ATTEMPTS {
        return None;
    }
    let backoff = FIRST_DELAY
        .saturating_mul(1 << (attempt - 1))
        .min(MAX_DELAY);
    let share = f64::from(u16::from_be_bytes(env.bytes())) / f64::from(u16::MAX);
    let jittered = backoff.mul_f64(0.5 + share / 2.0);
    match asked {
        Some(asked) if asked > MAX_DELAY => None,
        Some(asked) => Some(asked.max(jittered)),
        None => Some(jittered),
    }
}

/// `Retry-After`, in seconds or as a date.
pub(super) fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let value = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse::<u64>() {
        return Some(Duration::from_secs(seconds));
    }
    let date = rfc2822::parse(value).ok()?.timestamp();
    Some(Duration::try_from(date.duration_since(now)).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

    use super::*;

    #[test]
    fn waits_grow_and_end() {
        let env = Env::system();
        for (attempt, most) in [(1, 200), (2, 400), (3, 800)] {
            let delay = delay(attempt, None, &env).unwrap();
            let most = Duration::from_millis(most);
            assert!(delay >= most / 2 && delay <= most, "{attempt}: {delay:?}");
        }
        assert_eq!(delay(MAX_ATTEMPTS, None, &env), None);
    }

    #[test]
    fn the_providers_wish_counts_within_the_bound() {
        let env = Env::system();
        assert_eq!(
            delay(1, Some(Duration::from_secs(2)), &env),
            Some(Duration::from_secs(2))
        );
        assert_eq!(delay(1, Some(Duration::from_secs(60)), &env), None);
    }

    #[test]
    fn both_forms_of_retry_after() {
        let now: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
        let read = |value: &'static str| {
            let headers = HeaderMap::from_iter([(RETRY_AFTER, HeaderValue::from_static(value))]);
            retry_after(&headers, now)
        };
        assert_eq!(read("7"), Some(Duration::from_secs(7)));
        assert_eq!(
            read("Thu, 01 Jan 2026 00:00:09 GMT"),
            Some(Duration::from_secs(9))
        );
        assert_eq!(read("Wed, 31 Dec 2025 00:00:09 GMT"), Some(Duration::ZERO));
        assert_eq!(read("soon"), None);
    }
}
