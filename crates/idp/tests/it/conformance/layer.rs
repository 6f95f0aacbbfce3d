//! Checking what a server answers to clients that are no part of the tests' own code.

use std::sync::Arc;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use http::header;

use super::answer::Answer;
use super::coverage::How;
use super::document::Api;

/// Who watches a server.
pub trait Watcher: Send + Sync + 'static {
    /// Who introduces itself by this `User-Agent`.
    fn who(&self, agent: &str) -> How;

    /// What was answered, and everything that is not as documented in it.
    fn answered(&self, answer: &Answer<'_>, violations: &[String]);
}

/// `router`, whose answers are all checked. Its paths start with `prefix`, which the document does
/// not have.
pub fn checked(
    router: Router,
    api: Api,
    prefix: &'static str,
    watcher: Arc<impl Watcher>,
) -> Router {
    router.layer(from_fn(move |request: Request, next: Next| {
        let watcher = Arc::clone(&watcher);
        async move { check(request, next, api, prefix, &*watcher).await }
    }))
}

async fn check(
    request: Request,
    next: Next,
    api: Api,
    prefix: &str,
    watcher: &impl Watcher,
) -> Response {
    let method = request.method().clone();
    let asked = request.uri().path_and_query().unwrap().to_string();
    let agent = request.headers().get(header::USER_AGENT);
    let how = watcher.who(agent.map_or("", |agent| agent.to_str().unwrap_or("")));
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
    watcher.answered(&answer, &answer.violations());
    Response::from_parts(parts, Body::from(body))
}
