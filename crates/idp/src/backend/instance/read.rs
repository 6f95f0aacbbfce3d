//! `GET /v1/instance`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::json;

use crate::backend::answer::Answer;
use crate::backend::state::Backend;

/// What this instance is.
pub(super) async fn get(State(backend): State<Arc<Backend>>) -> Answer {
    let idp = &backend.idp;
    Ok(Json(json!({
        "object": "instance",
        "id": idp.keys().instance_id(),
        "environment_type": "production",
        "allowed_origins": idp.settings().apis.instance.allowed_origins,
        "workspace_id": null,
    })))
}
