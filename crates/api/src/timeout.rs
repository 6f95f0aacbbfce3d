//! No answer's head takes longer than the settings allow. Bodies may: event streams and downloads.

use std::time::Duration;

use axum::response::{IntoResponse, Response};
use bailiwick_kernel::Problem;

use crate::problem::ApiProblem;

/// Seconds after which a client may try again.
const RETRY_AFTER_S: u32 = 5;

/// The answer, or `UNAVAILABLE` after `limit`. What runs out of time is dropped, and with it its
/// transaction.
pub async fn bounded(limit: Duration, answer: impl Future<Output = Response>) -> Response {
    match tokio::time::timeout(limit, answer).await {
        Ok(response) => response,
        Err(_) => {
            let problem = Problem::unavailable(RETRY_AFTER_S).detail("It took too long");
            ApiProblem(problem.caused_by("request timeout")).into_response()
        }
    }
}
