//! `POST /api/webhooks/clerk`.

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use bailiwick_clerk::webhook;
use bailiwick_kernel::Code;
use bailiwick_services::inbox;
use http::{HeaderMap, StatusCode};
use serde::Serialize;

use crate::extract::Json;
use crate::problem::ApiResult;
use crate::state::AppState;

/// What the sender is told.
#[derive(Debug, Serialize)]
pub struct ReceiptView {
    status: &'static str,
    event: String,
}

/// Takes an event: verified over the bytes as they came, stored, acknowledged, processed later.
/// 401 for a bad, missing or stale signature, 400 for what is signed and not understood.
pub(super) async fn receive(
    State(state): State<AppState>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> ApiResult<Json<ReceiptView>> {
    let body = body.map_err(|rejection| match rejection.status() {
        StatusCode::PAYLOAD_TOO_LARGE => Code::PayloadTooLarge,
        _ => Code::MalformedBody,
    })?;
    let verified = webhook::verify(&headers, &body, &state.webhook_secrets, state.env.now())
        .map_err(|error| {
            metrics::counter!("webhook_failures", "reason" => error.reason()).increment(1);
            tracing::warn!(reason = error.reason(), "a webhook was refused");
            Code::WebhookSignatureInvalid
        })?;
    let receipt = inbox::receive(&state.app, &verified.id, &body).await?;
    Ok(Json(ReceiptView {
        status: receipt.status,
        event: receipt.event,
    }))
}
