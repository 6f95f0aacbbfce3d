//! Checking what a server answers to clients that are no part of the tests' own code.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::Response;

use super::answer::Answer;
use super::coverage::How;
use super::document::Api;

/// What was answered not as documented.
pub type Findings = Arc<Mutex<Vec<String>>>;

/// Requests of the tests' own code to a server for SDKs say so by this header.
pub const DIRECT: &str = "x-direct";

/// `router`, whose answers are all checked. Its paths start with `prefix`, which the document does
/// not have.
pub fn checked(router: Router, api: Api, prefix: &'static str, findings: Findings) -> Router {
    router.layer(from_fn(move |request: Request, next: Next| {
        let findings = Arc::clone(&findings);
        async move { check(request, next, api, prefix, &findings).await }
    }))
}

async fn check(
    request: Request,
    next: Next,
    api: Api,
    prefix: &str,
    findings: &Findings,
) -> Response {
    let method = request.method().clone();
    let asked = request.uri().path_and_query().unwrap().to_string();
    let how = if request.headers().contains_key(DIRECT) {
        How::Direct
    } else {
        How::Sdk
    };
    let (parts, body) = next.run(request).await.into_parts();
    let body = to_bytes(body, usize::MAX).await.unwrap();
    let answer = Answer {
        api,
        how,
        method: &method,
        path: asked.strip_prefix(prefix).unwrap_or(&asked),
        status: parts.status,
        headers: &parts.headers,
        body: &body,
    };
    let violations = answer.violations();
    if !violations.is_empty() {
        let text = violations.join("\n");
        let line = format!("{method} {asked} {}:\n{text}", parts.status);
        findings.lock().unwrap().push(line);
    }
    Response::from_parts(parts, Body::from(body))
}
