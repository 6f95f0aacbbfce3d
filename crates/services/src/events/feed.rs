//! Follows the tail of changes for all streams of this process.

use std::time::{Duration, Instant};

use crate::{App, Result};

use super::hub::KEEP_MAX;

/// How often is looked while somebody listens, where nothing is announced: changes of tenants' data
/// announce nothing, since that would cost each of them more than the look costs all.
const POLL: Duration = Duration::from_millis(150);
/// And while nobody listens.
const POLL_IDLE: Duration = Duration::from_secs(2);
/// Read at once at most.
const READ_MAX: i64 = 1000;
/// Before the database is asked again after it failed.
const PAUSE: Duration = Duration::from_secs(1);
/// The tail is kept for so long: longer than streams look back.
const KEEP_S: i64 = 900;
/// How often what is older is removed, and how much of it at once.
const FORGET_EVERY: Duration = Duration::from_secs(60);
const FORGET_MAX: i64 = 10_000;

impl App {
    /// Feeds the event streams for ever. Run it once in each process that serves.
    pub async fn feed_events(&self) {
        let mut has_begun = false;
        loop {
            if let Err(error) = self.feed(&mut has_begun).await {
                tracing::warn!(%error, "the tail of changes cannot be read; event streams wait");
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Ends all event streams and takes no more, so that nobody holds up the end of the process.
    pub fn close_events(&self) {
        self.inner().events.close();
    }

    async fn feed(&self, has_begun: &mut bool) -> Result<()> {
        let hub = &self.inner().events;
        if !*has_begun {
            let kept_max = i64::try_from(KEEP_MAX).unwrap_or(i64::MAX);
            let (position, events) = self.store().newest_events(kept_max).await?;
            hub.begin(position, events);
            *has_begun = true;
        }
        let mut forgot = Instant::now();
        loop {
            while self.read_on().await? {}
            if forgot.elapsed() > FORGET_EVERY {
                forgot = Instant::now();
                while self.store().forget_events(KEEP_S, FORGET_MAX).await? == FORGET_MAX {}
            }
            let pause = if hub.has_listeners() { POLL } else { POLL_IDLE };
            tokio::select! {
                () = hub.woken() => {}
                () = tokio::time::sleep(pause) => {}
            }
        }
    }

    /// Hands out what came next; whether there may be more.
    async fn read_on(&self) -> Result<bool> {
        let hub = &self.inner().events;
        let events = self.store().events_after(hub.position(), READ_MAX).await?;
        let is_full = i64::try_from(events.len()).is_ok_and(|count| count >= READ_MAX);
        if !events.is_empty() {
            hub.publish(events);
        }
        Ok(is_full)
    }
}
