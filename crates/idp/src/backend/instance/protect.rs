//! `GET /v1/instance/protect`, `PATCH /v1/instance/protect`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use crate::backend::answer::Answer;
use crate::backend::form::Form;
use crate::backend::state::Backend;

/// Protection against robots, which is a service of Clerk's and is off here.
pub(super) async fn get(State(_): State<Arc<Backend>>) -> Json<Value> {
    off()
}

/// Leaves it off; 422 where it is to be switched on.
pub(super) async fn update(mut form: Form) -> Answer {
    form.unsupported(&["rules_enabled", "specter_enabled"]);
    form.finish()?;
    Ok(off())
}

fn off() -> Json<Value> {
    Json(json!({
        "object": "instance_protect",
        "rules_enabled": false,
        "specter_enabled": false,
        "checks_bypassed": false,
    }))
}
