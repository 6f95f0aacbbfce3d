//! What a browser asks before a page of ours may use a signed URL, and what it is told.

use std::collections::HashSet;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS,
    ACCESS_CONTROL_REQUEST_METHOD, CONTENT_SECURITY_POLICY, CONTENT_TYPE, ORIGIN, VARY,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderValue, Method, StatusCode};

const METHODS: &str = "GET, HEAD, PUT, DELETE";
const EXPOSED: &str =
    "etag, content-length, content-range, accept-ranges, last-modified, x-amz-checksum-sha256";
/// Seconds for which a browser may remember the answer.
const MAX_AGE: &str = "600";

/// Types that a browser would run as a page.
const ACTIVE_TYPES: [&str; 5] = [
    "text/html",
    "application/xhtml+xml",
    "image/svg+xml",
    "text/xml",
    "application/xml",
];

/// The origins that are let in.
#[derive(Debug, Clone)]
pub(super) struct Origins(Arc<HashSet<HeaderValue>>);

impl Origins {
    /// # Errors
    /// The first text that is no origin.
    pub fn new(origins: &[String]) -> Result<Self, String> {
        let parse = |origin: &String| {
            let value = origin.parse().ok().filter(|_| origin.contains("://"));
            value
                .filter(|_| !origin.ends_with('/'))
                .ok_or_else(|| origin.clone())
        };
        Ok(Self(Arc::new(
            origins.iter().map(parse).collect::<Result<_, _>>()?,
        )))
    }

    fn find(&self, request: &Request) -> Option<HeaderValue> {
        self.0.get(request.headers().get(ORIGIN)?).cloned()
    }
}

/// Answers preflights itself, and marks the answers that pages of allowed origins may read.
pub(super) async fn apply(
    State(origins): State<Origins>,
    request: Request,
    next: Next,
) -> Response {
    let origin = origins.find(&request);
    let mut response = match preflight(&request, origin.is_some()) {
        Some(response) => response,
        None => next.run(request).await,
    };
    let active = response
        .headers()
        .get(CONTENT_TYPE)
        .and_then(|kind| kind.to_str().ok());
    let active = active.is_some_and(|kind| ACTIVE_TYPES.iter().any(|a| kind.starts_with(a)));
    let headers = response.headers_mut();
    headers.append(VARY, HeaderValue::from_static("origin"));
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if active {
        // An uploaded page that is opened here must not run as one of ours.
        headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox"));
    }
    if let Some(origin) = origin {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(
            ACCESS_CONTROL_EXPOSE_HEADERS,
            HeaderValue::from_static(EXPOSED),
        );
    }
    response
}

/// The answer to a preflight; `None` when the request is none.
fn preflight(request: &Request, allowed: bool) -> Option<Response> {
    if request.method() != Method::OPTIONS {
        return None;
    }
    let wanted = request.headers().get(ACCESS_CONTROL_REQUEST_METHOD)?;
    let known = METHODS
        .split(", ")
        .any(|method| wanted.as_bytes() == method.as_bytes());
    if !allowed || !known {
        return Some(StatusCode::FORBIDDEN.into_response());
    }
    let mut response = Response::new(Body::empty());
    *response.status_mut() = StatusCode::NO_CONTENT;
    let headers = response.headers_mut();
    headers.insert(
        ACCESS_CONTROL_ALLOW_METHODS,
        HeaderValue::from_static(METHODS),
    );
    headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static(MAX_AGE));
    if let Some(names) = request.headers().get(ACCESS_CONTROL_REQUEST_HEADERS) {
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, names.clone());
    }
    Some(response)
}
