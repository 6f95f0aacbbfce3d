//! When a sweep is due: regularly, after a time in which nobody was here, and where one was left.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::run::{Ended, Options, run};
use crate::{App, Result};

/// Between two signs of life, and two looks at whether a sweep is due.
const BEAT: Duration = Duration::from_secs(20);
/// Nobody was here for so long: webhooks were sent in vain.
const AWAY: SignedDuration = SignedDuration::from_secs(90);
/// After a sweep that did not come to its end, this long before the next.
const PAUSE: SignedDuration = SignedDuration::from_mins(5);

impl App {
    /// Sweeps whenever it is due, for ever. Run it in each process that serves: they take turns.
    pub async fn keep_in_step(&self) {
        let came = self.env().now();
        let was_away = match self.was_away().await {
            Ok(was_away) => was_away,
            Err(error) => {
                tracing::warn!(%error, "nobody knows for how long nobody was here");
                true
            }
        };
        let came_back = was_away.then_some(came);
        loop {
            if let Err(error) = self.sweep_if_due(came_back).await {
                tracing::warn!(%error, "a sweep did not come to its end");
            }
            if let Err(error) = self.store().beat(self.env().now()).await {
                tracing::warn!(%error, "a sign of life could not be noted");
            }
            tokio::time::sleep(BEAT).await;
        }
    }

    async fn was_away(&self) -> Result<bool> {
        let alive = self.store().last_alive().await?;
        Ok(alive.is_none_or(|at| at < self.env().now() - AWAY))
    }

    /// Sweeps where it is due: regularly, and once for all servers that `came_back` at a time before
    /// which nobody was here. Answers whether it did.
    ///
    /// # Errors
    /// As a sweep's.
    pub async fn sweep_if_due(&self, came_back: Option<Timestamp>) -> Result<bool> {
        let Some(every) = self.settings().sync.sweep_every else {
            return Ok(false);
        };
        if !self.is_due(came_back, every).await? {
            return Ok(false);
        }
        let report = run(self, Options::default(), &|_| {}, &|_| {}).await?;
        if let Ended::Refused(why) = &report.ended {
            tracing::error!(
                why,
                "a sweep refused to go on; see `bailiwick sync sweep --help`"
            );
        }
        Ok(report.ended != Ended::Busy)
    }

    async fn is_due(&self, came_back: Option<Timestamp>, every: Duration) -> Result<bool> {
        let now = self.env().now();
        let every = SignedDuration::try_from(every).unwrap_or(SignedDuration::MAX);
        let sweeps = self.store().list_sweeps(20).await?;
        let Some(last) = sweeps.into_iter().find(|sweep| !sweep.is_dry_run) else {
            return Ok(true);
        };
        let missed = came_back.is_some_and(|at| last.started_at < at);
        Ok(match (last.finished_at, last.outcome.as_deref()) {
            (None, _) if missed => last.held_until < now,
            (None, _) => last.held_until + PAUSE < now,
            (Some(at), Some("done")) => missed || now.duration_since(at) >= every,
            (Some(at), _) => now.duration_since(at) >= PAUSE,
        })
    }
}
