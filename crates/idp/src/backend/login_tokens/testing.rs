//! `POST /v1/testing_tokens`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::json;

use crate::backend::answer::Answer;
use crate::backend::state::Backend;
use crate::derived;
use crate::ids;

/// How long a token is good, in seconds.
const LIFETIME: i64 = 3600;

/// A token that tells a browser under test from a robot. Nothing here asks whether a browser is a
/// robot, so whoever has one passes as everybody does; test suites cannot begin without.
pub(super) async fn create(State(backend): State<Arc<Backend>>) -> Answer {
    let env = backend.idp.env();
    let expires_at = env.now().as_second() + LIFETIME;
    let text = format!("{expires_at}-{}", ids::hex(env, "tt"));
    let token = derived::sealed(&backend.idp, "testing tokens", &text);
    Ok(Json(json!({
        "object": "testing_token",
        "token": token,
        "expires_at": expires_at,
    })))
}
