//! The Backend API of the same instance, as the application's server calls it.

use axum::body::{Body, to_bytes};
use http::{Method, Request, StatusCode, header};
use serde_json::Value;
use tower::ServiceExt;

use super::world::World;
use crate::conformance::{Answer, Api, How};

impl World {
    /// A call with the secret key; `path` without `/v1`.
    pub async fn server(&self, method: Method, path: &str, body: Value) -> (StatusCode, Value) {
        let request = Request::builder()
            .method(method)
            .uri(format!("/v1{path}"))
            .header(header::AUTHORIZATION, "Bearer sk_live_0123456789abcdef")
            .header("clerk-api-version", "2026-05-12");
        let request = if body.is_null() {
            request.body(Body::empty())
        } else {
            request
                .header(header::CONTENT_TYPE, "application/json")
                .body(Body::from(body.to_string()))
        };
        let (router, request) = (self.idp.backend_router(), request.unwrap());
        let method = request.method().clone();
        let response = router.oneshot(request).await.unwrap();
        let (status, headers) = (response.status(), response.headers().clone());
        let bytes = to_bytes(response.into_body(), usize::MAX).await.unwrap();
        Answer {
            api: Api::Backend,
            how: How::Direct,
            method: &method,
            path,
            status,
            headers: &headers,
            body: &bytes,
        }
        .assert_valid();
        (status, serde_json::from_slice(&bytes).unwrap_or_default())
    }
}
