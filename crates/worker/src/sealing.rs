//! Sealing the audit by the clock: what has committed is sealed within a second, and its last link
//! is outside soon after. Every server does it; the database lets one of them at a time.

use std::time::{Duration, Instant};

use bailiwick_services::{App, audit};
use tokio_util::sync::CancellationToken;

/// A fact is sealed within a second of its commit: half of it is left for the work.
const EVERY: Duration = Duration::from_millis(500);
/// How long an object store that failed is left alone.
const PUBLISH_AGAIN: Duration = Duration::from_secs(5);

/// Seals until `stop`, which may come anywhere: what is half done is taken up by whoever seals next.
pub async fn seal(app: App, stop: CancellationToken) {
    tokio::select! {
        () = stop.cancelled() => {}
        () = seal_by_the_clock(&app) => {}
    }
}

async fn seal_by_the_clock(app: &App) {
    let mut publish_from = Instant::now();
    loop {
        if let Err(error) = audit::seal(app).await {
            metrics::counter!("audit_sealing_failures").increment(1);
            tracing::warn!(%error, "the audit could not be sealed");
        }
        if publish_from <= Instant::now()
            && let Err(error) = audit::publish(app).await
        {
            metrics::counter!("audit_publishing_failures").increment(1);
            tracing::warn!(%error, "the audit's last links could not be taken outside");
            publish_from = Instant::now() + PUBLISH_AGAIN;
        }
        tokio::time::sleep(EVERY).await;
    }
}
