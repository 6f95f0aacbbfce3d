//! Whether the interface is there, and whether a proxy before it is configured as it must be.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode};
use serde_json::{Value, json};

use crate::error::{Refusal, Result};
use crate::frontend::request::Meta;
use crate::instance::Idp;
use crate::secrets;

/// `GET /v1/health`. Public.
pub async fn get() -> Json<Value> {
    Json(json!({ "status": "healthy" }))
}

/// `GET /v1/proxy-health`: whether a proxy sends what it must. 400 without the domain, 503 with
/// a key or an address that is not the instance's. Public: it tells what the asker knew.
pub async fn proxy(State(idp): State<Idp>, meta: Meta, headers: HeaderMap) -> Result<Response> {
    if meta.query.raw("domain_id").is_none_or(str::is_empty) {
        let mut refusal = Refusal::missing("domain_id");
        refusal.status = StatusCode::BAD_REQUEST;
        return Err(refusal.into());
    }
    let text = |name: &str| {
        let value = headers.get(name).and_then(|value| value.to_str().ok());
        value.unwrap_or_default()
    };
    let config = idp.config();
    let problem = if !secrets::is_same(text("clerk-secret-key"), &config.secret_key) {
        Some("The header Clerk-Secret-Key is missing or is not the instance's key.")
    } else if text("clerk-proxy-url").trim_end_matches('/') != config.frontend_url() {
        Some("The header Clerk-Proxy-Url is missing or is not where the instance is served.")
    } else if text("x-forwarded-for").is_empty() {
        Some("The header X-Forwarded-For is missing.")
    } else {
        None
    };
    Ok(match problem {
        Some(message) => {
            let body = json!({ "status": "unhealthy", "message": message });
            (StatusCode::SERVICE_UNAVAILABLE, Json(body)).into_response()
        }
        None => {
            let from = text("x-forwarded-for");
            Json(json!({ "status": "healthy", "x_forwarded_for": from })).into_response()
        }
    })
}
