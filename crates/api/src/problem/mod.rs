//! Refusals and failures as `application/problem+json` (RFC 9457).
//!
//! A handler returns [`ApiResult`]; the body is written by the outermost layer
//! ([`crate::request`]), which knows the request's id and logs the cause.

mod body;
mod codes;

use std::sync::Arc;

use axum::response::{IntoResponse, Response};
use bailiwick_kernel::{Code, Problem};
use http::StatusCode;

pub use body::{ProblemBody, render};
pub use codes::routes;

/// What a handler answers.
pub type ApiResult<T> = Result<T, ApiProblem>;

/// A [`Problem`] on its way out. `?` makes it of a problem.
#[derive(Debug)]
pub struct ApiProblem(pub Problem);

impl From<Problem> for ApiProblem {
    fn from(problem: Problem) -> Self {
        Self(problem)
    }
}

impl From<bailiwick_services::Error> for ApiProblem {
    fn from(error: bailiwick_services::Error) -> Self {
        Self(error.into_problem())
    }
}

impl From<Code> for ApiProblem {
    fn from(code: Code) -> Self {
        Self(Problem::new(code))
    }
}

/// The problem that a response stands for until its body is written.
#[derive(Clone)]
pub(crate) struct Pending(pub(crate) Arc<Problem>);

impl IntoResponse for ApiProblem {
    fn into_response(self) -> Response {
        let mut response = status_of(self.0.code()).into_response();
        response.extensions_mut().insert(Pending(Arc::new(self.0)));
        response
    }
}

/// The status of a code. Every code has a valid one, which a test of the kernel walks.
pub(crate) fn status_of(code: Code) -> StatusCode {
    StatusCode::from_u16(code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
