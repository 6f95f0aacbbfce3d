//! No answer's head takes longer than the settings allow. Bodies may: event streams and downloads.

use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bailiwick_kernel::Problem;

use crate::problem::ApiProblem;
use crate::state::AppState;

/// Seconds after which a client may try again.
const RETRY_AFTER_S: u32 = 5;

/// The layer. What runs out of time is dropped, and with it its transaction.
pub async fn layer(State(state): State<AppState>, request: Request, next: Next) -> Response {
    match tokio::time::timeout(state.http.request_timeout, next.run(request)).await {
        Ok(response) => response,
        Err(_) => {
            let problem = Problem::unavailable(RETRY_AFTER_S).detail("It took too long");
            ApiProblem(problem.caused_by("request timeout")).into_response()
        }
    }
}
