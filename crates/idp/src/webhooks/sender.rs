//! The loop that delivers.

use std::collections::HashMap;
use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use bailiwick_kernel::Env;
use bailiwick_pg::Pool;
use jiff::{SignedDuration, Timestamp};
use tokio::task::JoinSet;
use tokio::time;

use super::attempt::Limits;
pub use super::claim::LEASE;
use super::lane::{Lane, Turn};
use super::{Wake, attempt, claim, claim::Claimed, outcome, retention};

/// Attempts in flight at the same time.
const CONCURRENCY: usize = 64;
/// Claimed at once for one endpoint. One that has as many in flight waits, so that a slow receiver
/// takes no more than twice this from the others.
const PER_ENDPOINT: usize = 8;
/// How often the sender looks by itself.
const POLL: Duration = Duration::from_millis(200);
/// How long it leaves a database alone that has just failed.
const BACKOFF: Duration = Duration::from_secs(1);
/// How long a stop waits for attempts in flight. What is cut off is sent again after its lease.
const DRAIN: Duration = Duration::from_secs(5);
/// How often what is old is removed, by the provider's clock.
const RETENTION_EVERY: SignedDuration = SignedDuration::from_hours(1);

/// Delivers webhooks, at least once each. Several may run on one database, in one process or many.
pub struct Sender {
    worker: Arc<Worker>,
    wake: Wake,
}

/// Why a sender could not be made.
#[derive(Debug, thiserror::Error)]
#[error("building the HTTP client for webhooks")]
pub struct SenderError(#[from] reqwest::Error);

struct Worker {
    pool: Pool,
    env: Env,
    client: reqwest::Client,
    limits: Box<dyn Fn() -> Limits + Send + Sync>,
}

/// What the loop knows of an endpoint.
#[derive(Default)]
struct Endpoint {
    lane: Lane,
    in_flight: Arc<()>,
}

impl Endpoint {
    fn is_busy(&self) -> bool {
        Arc::strong_count(&self.in_flight) > PER_ENDPOINT
    }
}

impl Sender {
    /// A sender on the provider's database. `wake` spares it the wait for its next look; `limits`
    /// is asked before each attempt.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(
        pool: Pool,
        env: Env,
        wake: Wake,
        limits: impl Fn() -> Limits + Clone + Send + Sync + 'static,
    ) -> Result<Self, SenderError> {
        let asked = limits.clone();
        let client = attempt::client(move || asked().reach)?;
        let worker = Worker {
            pool,
            env,
            client,
            limits: Box::new(limits),
        };
        Ok(Self {
            worker: Arc::new(worker),
            wake,
        })
    }

    /// Delivers until `shutdown` resolves, then lets attempts in flight end for a few seconds.
    /// Survives failures of the database: what is due stays due. Dropping it loses nothing either:
    /// what it held is sent again after [`LEASE`].
    pub async fn run(self, shutdown: impl Future<Output = ()>) {
        tokio::pin!(shutdown);
        let mut endpoints: HashMap<String, Endpoint> = HashMap::new();
        let mut tasks = JoinSet::new();
        let mut purged_at = Timestamp::MIN;
        loop {
            while let Some(ended) = tasks.try_join_next() {
                report(ended);
            }
            self.purge_at_times(&mut purged_at).await;
            let pause = self.start_due(&mut endpoints, &mut tasks).await;
            let is_full = tasks.len() >= CONCURRENCY;
            tokio::select! {
                () = &mut shutdown => break,
                () = room(&mut tasks, &endpoints, is_full) => {}
                () = self.wake.nudged(), if !is_full => {}
                () = time::sleep(pause) => {}
            }
        }
        let drained = async {
            while let Some(ended) = tasks.join_next().await {
                report(ended);
            }
        };
        if time::timeout(DRAIN, drained).await.is_err() {
            tracing::info!("webhook attempts cut off, to be repeated after their lease");
        }
    }

    /// Claims and starts what is due. Returns how long to pause when nothing happens before.
    async fn start_due(
        &self,
        endpoints: &mut HashMap<String, Endpoint>,
        tasks: &mut JoinSet<()>,
    ) -> Duration {
        let free = CONCURRENCY.saturating_sub(tasks.len());
        if free == 0 {
            return POLL;
        }
        let busy: Vec<&str> = endpoints
            .iter()
            .filter(|(_, endpoint)| endpoint.is_busy())
            .map(|(id, _)| id.as_str())
            .collect();
        let Worker { pool, env, .. } = &*self.worker;
        let claimed = match claim::claim(pool, env, free, PER_ENDPOINT, &busy).await {
            Ok(claimed) => claimed,
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "webhooks wait");
                return BACKOFF;
            }
        };
        // A full share may have left more behind: look again at once.
        let more = claimed.len() >= PER_ENDPOINT;
        for delivery in claimed {
            let endpoint = endpoints.entry(delivery.endpoint_id.clone()).or_default();
            let turn = (delivery.attempts == 0).then(|| endpoint.lane.queue());
            let in_flight = Arc::clone(&endpoint.in_flight);
            let worker = Arc::clone(&self.worker);
            tasks.spawn(async move {
                worker.deliver(delivery, turn).await;
                drop(in_flight);
            });
        }
        if more { Duration::ZERO } else { POLL }
    }

    async fn purge_at_times(&self, purged_at: &mut Timestamp) {
        let Worker { pool, env, .. } = &*self.worker;
        let now = env.now();
        if now.duration_since(*purged_at) < RETENTION_EVERY {
            return;
        }
        *purged_at = now;
        if let Err(error) = retention::purge(pool, env).await {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "old webhooks stay"
            );
        }
    }
}

impl Worker {
    async fn deliver(&self, delivery: Claimed, turn: Option<Turn>) {
        let attempt = attempt::send(&self.client, &self.env, &delivery, (self.limits)());
        let attempt = match turn {
            Some(turn) => turn.take(attempt).await,
            None => attempt.await,
        };
        if let Err(error) = outcome::settle(&self.pool, &self.env, &delivery, &attempt).await {
            // The lease runs out and the delivery is repeated: at least once.
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                message = delivery.message_id,
                "outcome of a webhook not recorded"
            );
        }
    }
}

/// Resolves when attempts have ended and left room where there was none: in all, or for one
/// endpoint. Never, where there is room.
async fn room(tasks: &mut JoinSet<()>, endpoints: &HashMap<String, Endpoint>, is_full: bool) {
    let count_busy = || {
        endpoints
            .values()
            .filter(|endpoint| endpoint.is_busy())
            .count()
    };
    let busy = count_busy();
    if !is_full && busy == 0 {
        return std::future::pending().await;
    }
    while let Some(ended) = tasks.join_next().await {
        report(ended);
        if is_full || count_busy() < busy {
            return;
        }
    }
}

/// A panic in an attempt is a defect; its delivery is repeated after the lease.
fn report(ended: Result<(), tokio::task::JoinError>) {
    if let Err(error) = ended
        && error.is_panic()
    {
        tracing::error!(%error, "webhook attempt panicked");
    }
}
