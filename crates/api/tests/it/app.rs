//! A server in the test's process, asked without a socket.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use bailiwick_api::{AppState, Check, ConfigView, Environment, HttpSettings, Metrics, Readiness};
use http::header::HeaderMap;
use http::{Request, StatusCode};
use http_body_util::BodyExt as _;
use serde_json::Value;
use tower::ServiceExt as _;

/// An answer, read to its end.
pub struct Answer {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    /// The body as JSON.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// A header's text, empty where it is absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }

    /// The machine code, after a look at the whole envelope.
    pub fn code(&self) -> String {
        assert_eq!(
            self.header("content-type"),
            "application/problem+json",
            "{}",
            self.text
        );
        let body = self.json();
        assert_eq!(body["status"], self.status.as_u16());
        assert_eq!(body["requestId"], self.header("x-request-id"));
        assert!(body["title"].is_string());
        let code = body["code"].as_str().unwrap();
        assert_eq!(body["type"], format!("/api/v1/problems/{code}"));
        code.to_owned()
    }
}

/// Settings and parts of a test server. Nothing here asks the data.
pub async fn state(http: HttpSettings, checks: Vec<Arc<dyn Check>>) -> AppState {
    let config = ConfigView {
        publishable_key: "pk_live_Y2xlcmsuYmFpbGl3aWNrLmxvY2FsaG9zdCQ".to_owned(),
        proxy_url: Some("/__clerk".to_owned()),
        sign_in_url: "/sign-in".to_owned(),
        sign_up_url: "/sign-up".to_owned(),
        mailbox_url: None,
        environment: Environment::Development,
        version: "0.0.0".to_owned(),
        max_upload_bytes: 1024,
        allowed_content_types: vec!["text/plain".to_owned()],
    };
    AppState::new(
        bailiwick_testkit::detached_app().await,
        Vec::new(),
        http,
        config,
        Readiness::new(checks),
        Metrics::detached().unwrap(),
    )
    .unwrap()
}

/// The public listener with default settings.
pub async fn public() -> Router {
    bailiwick_api::router(state(HttpSettings::default(), Vec::new()).await).unwrap()
}

/// Sends one request.
pub async fn send(router: &Router, request: Request<Body>) -> Answer {
    let response = router.clone().oneshot(request).await.unwrap();
    let (parts, body) = response.into_parts();
    let bytes = body.collect().await.unwrap().to_bytes();
    let text = String::from_utf8_lossy(&bytes).into_owned();
    Answer {
        status: parts.status,
        headers: parts.headers,
        text,
    }
}

/// Sends a `GET` with headers.
pub async fn get(router: &Router, path: &str, headers: &[(&str, &str)]) -> Answer {
    let request = headers
        .iter()
        .fold(Request::get(path), |request, (name, value)| {
            request.header(*name, *value)
        });
    send(router, request.body(Body::empty()).unwrap()).await
}
