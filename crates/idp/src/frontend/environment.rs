//! What everybody may know of the instance.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::header;
use serde_json::Value;

use crate::instance::Idp;
use crate::model;

/// `GET /v1/environment` (and `PATCH`, which development keys send). Public, without an envelope.
pub async fn get(State(idp): State<Idp>) -> Json<Value> {
    Json(model::environment::environment(
        idp.config(),
        &idp.settings(),
        idp.keys().instance_id(),
    ))
}

/// `GET /.well-known/jwks.json`. Public.
pub async fn jwks(State(idp): State<Idp>) -> Response {
    let headers = [(header::CACHE_CONTROL, "public, max-age=60")];
    (headers, Json(idp.keys().set())).into_response()
}
