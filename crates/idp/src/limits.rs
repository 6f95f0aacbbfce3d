//! Bounds on guessing and on mail, per network address and per mailbox.

use std::num::NonZeroU32;
use std::time::Duration;

use bailiwick_kernel::Env;
use governor::clock::Clock;
use governor::middleware::NoOpMiddleware;
use governor::nanos::Nanos;
use governor::state::keyed::DashMapStateStore;
use governor::{Quota, RateLimiter};
use http::StatusCode;

use crate::config::RateLimits;
use crate::error::Refusal;

/// Keys that are remembered before those at rest are forgotten.
const MAX_KEYS: usize = 100_000;

/// The environment's clock, for the limiter.
#[derive(Clone)]
struct EnvClock(Env);

impl Clock for EnvClock {
    type Instant = Nanos;

    fn now(&self) -> Nanos {
        let nanos = u64::try_from(self.0.now().as_nanosecond()).unwrap_or(0);
        Nanos::new(nanos)
    }
}

type Limiter = RateLimiter<String, DashMapStateStore<String>, EnvClock, NoOpMiddleware<Nanos>>;

/// The limiters of an instance.
pub struct Limits {
    attempts: Limiter,
    mails: Limiter,
    clock: EnvClock,
}

impl Limits {
    /// Empty limiters.
    #[must_use]
    pub fn new(limits: RateLimits, env: &Env) -> Self {
        let clock = EnvClock(env.clone());
        let limiter = |count: NonZeroU32, period: Duration| {
            let quota = Quota::with_period(period / count.get())
                .unwrap_or_else(|| Quota::per_minute(count))
                .allow_burst(count);
            RateLimiter::new(quota, DashMapStateStore::default(), clock.clone())
        };
        Self {
            attempts: limiter(limits.attempts_per_minute, Duration::from_secs(60)),
            mails: limiter(limits.mails_per_ten_minutes, Duration::from_secs(600)),
            clock,
        }
    }

    /// Counts an attempt from a network address.
    pub fn attempt(&self, address: &str) -> Result<(), Refusal> {
        self.check(&self.attempts, address.to_owned())
    }

    /// Counts a mail to a mailbox.
    pub fn mail(&self, address: &str) -> Result<(), Refusal> {
        self.check(&self.mails, address.to_lowercase())
    }

    fn check(&self, limiter: &Limiter, key: String) -> Result<(), Refusal> {
        if limiter.len() > MAX_KEYS {
            limiter.retain_recent();
        }
        limiter.check_key(&key).map_err(|until| {
            let wait = until.wait_time_from(self.clock.now());
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            Refusal::new(
                StatusCode::TOO_MANY_REQUESTS,
                "too_many_requests",
                "Too many requests. Please try again in a bit.",
            )
            .after(seconds.max(1))
        })
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use bailiwick_kernel::{ManualClock, SystemRandom};
    use jiff::{SignedDuration, Timestamp};

    use super::*;

    #[test]
    fn refuses_the_one_too_many_and_says_when_to_come_back() {
        let clock = Arc::new(ManualClock::at(
            Timestamp::from_second(1_800_000_000).unwrap(),
        ));
        let env = Env::new(clock.clone(), Arc::new(SystemRandom));
        let two = NonZeroU32::new(2).unwrap();
        let limits = Limits::new(
            RateLimits {
                attempts_per_minute: two,
                mails_per_ten_minutes: two,
            },
            &env,
        );
        assert!(limits.attempt("1").is_ok() && limits.attempt("1").is_ok());
        let refusal = limits.attempt("1").unwrap_err();
        assert_eq!(
            (refusal.status.as_u16(), refusal.retry_after),
            (429, Some(30))
        );
        assert!(limits.attempt("2").is_ok());
        clock.advance(SignedDuration::from_secs(30));
        assert!(limits.attempt("1").is_ok());
        assert!(limits.attempt("1").is_err());
        assert!(limits.mail("A@x.example").is_ok() && limits.mail("a@x.example").is_ok());
        assert!(limits.mail("a@X.example").is_err());
    }
}
