//! A clock that stands until a test moves it.

use std::sync::Arc;

use bailiwick_kernel::{Clock, Env, ManualClock, SystemRandom};
use jiff::{SignedDuration, Timestamp};

/// Time by hand, chance as it comes.
pub struct Time {
    clock: Arc<ManualClock>,
    /// To be handed to what is tested.
    pub env: Env,
}

impl Time {
    pub fn stopped() -> Self {
        Self::stopped_at("2026-03-01T12:00:00Z".parse().unwrap())
    }

    pub fn stopped_at(at: Timestamp) -> Self {
        let clock = Arc::new(ManualClock::at(at));
        let env = Env::new(clock.clone(), Arc::new(SystemRandom));
        Self { clock, env }
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub fn advance(&self, by: SignedDuration) {
        self.clock.advance(by);
    }
}
