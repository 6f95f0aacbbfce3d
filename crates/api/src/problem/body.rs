//! The body of a problem.

use axum::body::Body;
use axum::response::Response;
use bailiwick_kernel::id::RequestId;
use bailiwick_kernel::{Code, FieldError, Problem, Refusal};
use http::header::{CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue, StatusCode};
use serde::Serialize;
use utoipa::ToSchema;

use super::Pending;

/// What went wrong, for machines by `code` and for people by `title` and `detail`.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Problem)]
pub struct ProblemBody {
    /// Where the code is explained.
    #[serde(rename = "type")]
    #[schema(example = "/api/v1/problems/NOT_FOUND")]
    pub kind: String,
    /// The same sentence for every occurrence of the code.
    pub title: &'static str,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599)]
    pub status: u16,
    /// The machine code, `UPPER_SNAKE`.
    #[schema(example = "NOT_FOUND")]
    pub code: &'static str,
    /// A sentence about this occurrence.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub detail: Option<String>,
    /// The request's id, as in the header `x-request-id` and in the log.
    pub request_id: RequestId,
    /// What is wrong with single values of the request.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub errors: Vec<FieldError>,
    /// What would have been needed, where the caller is not allowed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    pub refusal: Option<Refusal>,
}

impl ProblemBody {
    fn new(problem: &Problem, request_id: RequestId) -> Self {
        let code = problem.code();
        Self {
            kind: format!("/api/v1/problems/{code}"),
            title: code.title(),
            status: code.status(),
            code: code.as_str(),
            detail: problem.detail_text().map(str::to_owned),
            request_id,
            errors: problem.fields().to_vec(),
            refusal: problem.needed().cloned(),
        }
    }
}

/// Writes the body of a response that stands for a problem, and hands the problem out for the log.
/// Any other response is left alone.
pub fn render(response: &mut Response, request_id: RequestId) -> Option<std::sync::Arc<Problem>> {
    let Pending(problem) = response.extensions_mut().remove::<Pending>()?;
    match serde_json::to_vec(&ProblemBody::new(&problem, request_id)) {
        Ok(body) => *response.body_mut() = Body::from(body),
        Err(error) => {
            tracing::error!(%error, "a problem could not be written");
            *response.status_mut() = StatusCode::INTERNAL_SERVER_ERROR;
        }
    }
    headers(response.headers_mut(), &problem);
    Some(problem)
}

fn headers(headers: &mut HeaderMap, problem: &Problem) {
    headers.remove(CONTENT_LENGTH);
    headers.insert(
        CONTENT_TYPE,
        HeaderValue::from_static("application/problem+json"),
    );
    if let Some(seconds) = problem.retry_after() {
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    match problem.code() {
        Code::AuthRequired => {
            headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        Code::AuthInvalidToken | Code::AuthUserNotFound | Code::AuthImpersonationInvalid => {
            let challenge = HeaderValue::from_static("Bearer error=\"invalid_token\"");
            headers.insert(WWW_AUTHENTICATE, challenge);
        }
        _ => {}
    }
}
