//! The outermost layer: a request's id, its span, its one log line, its metrics, and the body of
//! whatever problem came of it. A panic below ends here as `INTERNAL`.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Instant;

use axum::extract::{MatchedPath, Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bailiwick_kernel::Problem;
use bailiwick_kernel::id::{OrgId, RequestId, UserId};
use futures::FutureExt as _;
use http::{HeaderName, HeaderValue, Method};
use metrics::SharedString;
use tracing::{Instrument as _, Span, field};

use crate::problem::{self, ApiProblem};
use crate::state::AppState;
use crate::timeout;

/// The header that names the request in its answer.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Status that the log and the metrics give a request whose client went away.
const CLIENT_GONE: u16 = 499;

/// Notes the user in the request's log line.
pub fn note_user(user: UserId) {
    Span::current().record("userId", field::display(user));
}

/// Notes who acts for the user in the request's log line.
pub fn note_impersonator(user: UserId) {
    Span::current().record("impersonatorId", field::display(user));
}

/// Notes the tenant in the request's log line.
pub fn note_tenant(tenant: OrgId, schema: &str) {
    let span = Span::current();
    span.record("tenantId", field::display(tenant));
    span.record("tenantSchema", schema);
}

/// The layer.
pub async fn layer(State(state): State<AppState>, mut request: Request, next: Next) -> Response {
    let id = RequestId::from(state.env.uuid());
    let route = request
        .extensions()
        .get::<MatchedPath>()
        .map(MatchedPath::as_str);
    let line = Line::start(method_label(request.method()), route.unwrap_or("-").into());
    // Of the highest level, so that the lines of failures carry it whatever the filter is.
    let span = tracing::error_span!(
        "request",
        requestId = %id,
        method = line.method,
        route = &*line.route,
        tenantId = field::Empty,
        tenantSchema = field::Empty,
        userId = field::Empty,
        impersonatorId = field::Empty,
    );
    request.extensions_mut().insert(id);

    let answered = async move {
        let answer = timeout::bounded(state.http.request_timeout, next.run(request));
        let answer = AssertUnwindSafe(answer).catch_unwind().await;
        let mut response = answer.unwrap_or_else(|panic| {
            ApiProblem(Problem::internal(panic_text(panic.as_ref()))).into_response()
        });
        let problem = problem::render(&mut response, id);
        line.end(response.status().as_u16(), problem);
        response
    };
    let mut response = answered.instrument(span).await;
    if let Ok(value) = HeaderValue::from_str(&id.to_string()) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}

/// The line of one request, written at its end or when it is dropped before.
struct Line {
    method: &'static str,
    route: Arc<str>,
    started: Instant,
    ended: bool,
}

impl Line {
    fn start(method: &'static str, route: Arc<str>) -> Self {
        metrics::gauge!("http_requests_in_flight").increment(1.0);
        Self {
            method,
            route,
            started: Instant::now(),
            ended: false,
        }
    }

    fn end(mut self, status: u16, problem: Option<Arc<Problem>>) {
        self.ended = true;
        let duration_ms = self.count(status);
        let code = problem.as_ref().map(|problem| problem.code().as_str());
        if status >= 500 {
            let cause = problem
                .as_ref()
                .and_then(|problem| problem.cause())
                .map(chain);
            tracing::error!(
                status,
                durationMs = duration_ms,
                code,
                cause,
                "request failed"
            );
        } else {
            tracing::info!(status, durationMs = duration_ms, code, "request");
        }
    }

    /// Counts the request; its duration in milliseconds.
    fn count(&self, status: u16) -> f64 {
        let elapsed = self.started.elapsed();
        metrics::counter!(
            "http_requests_total",
            "method" => self.method,
            "route" => Arc::clone(&self.route),
            "status" => status_label(status),
        )
        .increment(1);
        metrics::histogram!(
            crate::metrics::REQUEST_DURATION,
            "method" => self.method,
            "route" => Arc::clone(&self.route),
        )
        .record(elapsed);
        elapsed.as_secs_f64() * 1000.0
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        metrics::gauge!("http_requests_in_flight").decrement(1.0);
        if !self.ended {
            let duration_ms = self.count(CLIENT_GONE);
            tracing::info!(
                status = CLIENT_GONE,
                durationMs = duration_ms,
                "request dropped"
            );
        }
    }
}

/// The causes from the outermost to the innermost.
fn chain(error: &(dyn std::error::Error + Send + Sync + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(error) = next {
        text.push_str(": ");
        text.push_str(&error.to_string());
        next = error.source();
    }
    text
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    let text = text.or_else(|| panic.downcast_ref::<String>().map(String::as_str));
    format!("panic: {}", text.unwrap_or("no message"))
}

/// The status as a label of metrics; what is usual costs no text of its own.
fn status_label(status: u16) -> SharedString {
    SharedString::const_str(match status {
        200 => "200",
        201 => "201",
        204 => "204",
        304 => "304",
        401 => "401",
        403 => "403",
        404 => "404",
        422 => "422",
        429 => "429",
        _ => return status.to_string().into(),
    })
}

/// The method as a label of metrics: a client's invention makes no label of its own.
fn method_label(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::HEAD => "HEAD",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        Method::OPTIONS => "OPTIONS",
        _ => "OTHER",
    }
}
