//! Metrics for Prometheus. Everything counts through the `metrics` facade; this is what reads it.

use std::time::Duration;

use metrics_exporter_prometheus::{BuildError, Matcher, PrometheusBuilder, PrometheusHandle};

/// Duration of requests until the answer's head, in seconds.
pub(crate) const REQUEST_DURATION: &str = "http_request_duration_seconds";

/// Bounds that tell a cache hit from a statement, and that from trouble.
const SECONDS: &[f64] = &[
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0,
];

/// How often samples are folded into their buckets, read or not: what bounds their memory.
const UPKEEP_EVERY: Duration = Duration::from_secs(5);

/// The process's metrics.
#[derive(Clone)]
pub struct Metrics(PrometheusHandle);

impl Metrics {
    /// Becomes the process's recorder. Once per process; the binary also spawns [`Self::keep_up`].
    ///
    /// # Errors
    /// There is a recorder already.
    pub fn install() -> Result<Self, BuildError> {
        Ok(Self(builder()?.install_recorder()?))
    }

    /// Metrics that nobody counts into, for tests that run in one process.
    ///
    /// # Errors
    /// The bounds are not valid.
    pub fn detached() -> Result<Self, BuildError> {
        Ok(Self(builder()?.build_recorder().handle()))
    }

    /// The text that Prometheus reads.
    #[must_use]
    pub fn render(&self) -> String {
        self.0.run_upkeep();
        self.0.render()
    }

    /// Folds samples for ever.
    pub async fn keep_up(self) {
        let mut tick = tokio::time::interval(UPKEEP_EVERY);
        loop {
            tick.tick().await;
            self.0.run_upkeep();
        }
    }
}

fn builder() -> Result<PrometheusBuilder, BuildError> {
    PrometheusBuilder::new().set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), SECONDS)
}
