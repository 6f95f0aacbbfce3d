//! What is at no route: problems under the API's prefixes, the web page everywhere else.

use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use bailiwick_kernel::{Code, Problem};
use http::HeaderMap;
use http::header::AUTHORIZATION;

use crate::assets;
use crate::problem::ApiProblem;

/// Paths that never show the web page.
const MACHINE_PREFIXES: &[&str] = &[
    "/api",
    "/portal/api",
    "/internal",
    "/webhooks",
    "/__clerk",
    "/healthz",
    "/readyz",
];

/// The public listener's fallback. Under the API somebody without credentials learns nothing of
/// which paths exist.
pub(crate) async fn page_or_problem(request: Request) -> Response {
    let path = request.uri().path();
    let is_machine = MACHINE_PREFIXES.iter().any(|prefix| is_below(path, prefix));
    if !is_machine {
        return assets::page(request.method(), path, request.headers());
    }
    let is_api = is_below(path, "/api") || is_below(path, "/portal/api");
    if is_api && !has_credentials(request.headers()) {
        return ApiProblem::from(Code::AuthRequired).into_response();
    }
    ApiProblem(Problem::not_found()).into_response()
}

/// Nothing here.
pub(crate) async fn not_found() -> ApiProblem {
    Problem::not_found().into()
}

/// Something here, for other methods.
pub(crate) async fn method_not_allowed() -> ApiProblem {
    Code::MethodNotAllowed.into()
}

fn is_below(path: &str, prefix: &str) -> bool {
    path.strip_prefix(prefix)
        .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

fn has_credentials(headers: &HeaderMap) -> bool {
    headers
        .get(AUTHORIZATION)
        .is_some_and(|value| !value.is_empty())
}
