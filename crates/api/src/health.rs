//! Whether the process is alive, and whether traffic may come.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use axum::Router;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use futures::future::{BoxFuture, join_all};
use http::StatusCode;
use serde::Serialize;
use tokio::sync::Mutex;

use crate::extract::Json;
use crate::state::AppState;

/// How long one check may take.
const CHECK_TIMEOUT: Duration = Duration::from_secs(2);

/// How long an answer is good for the next who asks.
const FRESH_FOR: Duration = Duration::from_secs(1);

/// Something that the server cannot work without: the database, its migrations, the keys.
pub trait Check: Send + Sync {
    /// Its name in the answer and in the log.
    fn name(&self) -> &'static str;

    /// Whether it is there. The text of a refusal goes to the log alone.
    fn check(&self) -> BoxFuture<'_, Result<(), String>>;
}

/// Whether traffic may come: every check passes and nobody has begun to shut down.
#[derive(Clone)]
pub struct Readiness {
    checks: Arc<[Arc<dyn Check>]>,
    draining: Arc<AtomicBool>,
    /// Whoever asks meanwhile waits for the one who looks.
    last: Arc<Mutex<Option<Seen>>>,
}

/// What the checks last said, and when.
struct Seen {
    at: Instant,
    checks: Vec<CheckView>,
}

impl Readiness {
    /// Ready where all of `checks` pass.
    #[must_use]
    pub fn new(checks: Vec<Arc<dyn Check>>) -> Self {
        Self {
            checks: checks.into(),
            draining: Arc::new(AtomicBool::new(false)),
            last: Arc::new(Mutex::new(None)),
        }
    }

    /// Says no from now on, so that balancers look elsewhere before the server stops.
    pub fn drain(&self) {
        self.draining.store(true, Ordering::Relaxed);
    }

    /// Looks at most once in [`FRESH_FOR`], however many ask: anybody may ask.
    async fn checks(&self) -> Vec<CheckView> {
        let mut last = self.last.lock().await;
        if let Some(seen) = last.as_ref().filter(|s| s.at.elapsed() < FRESH_FOR) {
            return seen.checks.clone();
        }
        let checks = join_all(self.checks.iter().map(|check| run(check.as_ref()))).await;
        let seen = Seen {
            at: Instant::now(),
            checks: checks.clone(),
        };
        *last = Some(seen);
        checks
    }

    async fn view(&self) -> ReadyView {
        let checks = self.checks().await;
        let draining = self.draining.load(Ordering::Relaxed);
        let ready = !draining && checks.iter().all(|check| check.ok);
        ReadyView {
            ready,
            draining,
            checks,
        }
    }
}

async fn run(check: &dyn Check) -> CheckView {
    let result = tokio::time::timeout(CHECK_TIMEOUT, check.check()).await;
    let result = result.unwrap_or_else(|_| Err("no answer in time".to_owned()));
    if let Err(reason) = &result {
        tracing::warn!(check = check.name(), reason, "not ready");
    }
    CheckView {
        name: check.name(),
        ok: result.is_ok(),
    }
}

#[derive(Serialize)]
struct ReadyView {
    ready: bool,
    draining: bool,
    checks: Vec<CheckView>,
}

#[derive(Clone, Serialize)]
struct CheckView {
    name: &'static str,
    ok: bool,
}

/// `/healthz` and `/readyz`. Public, and in no OpenAPI document.
pub(crate) fn routes() -> Router<AppState> {
    Router::new()
        .route(
            "/healthz",
            get(|| async { Json(serde_json::json!({"status": "ok"})) }),
        )
        .route("/readyz", get(readyz))
}

async fn readyz(State(state): State<AppState>) -> Response {
    let view = state.readiness.view().await;
    let status = if view.ready {
        StatusCode::OK
    } else {
        StatusCode::SERVICE_UNAVAILABLE
    };
    (status, Json(view)).into_response()
}
