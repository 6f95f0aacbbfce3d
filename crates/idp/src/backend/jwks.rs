//! `GET /v1/jwks`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::Value;

use super::state::Backend;

/// The public keys that session tokens verify with. Answered from memory.
pub(super) async fn get(State(backend): State<Arc<Backend>>) -> Json<Value> {
    Json(backend.idp.keys().set())
}
