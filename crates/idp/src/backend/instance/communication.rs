//! `GET /v1/instance/communication`, `PATCH /v1/instance/communication`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::{Map, Value, json};

use super::change;
use crate::backend::answer::Answer;
use crate::backend::form::Form;
use crate::backend::state::Backend;
use crate::error::Refusal;

/// To the numbers of which countries no text messages are sent.
pub(super) async fn get(State(backend): State<Arc<Backend>>) -> Answer {
    Ok(Json(shown(&backend)))
}

/// Changes it.
pub(super) async fn update(State(backend): State<Arc<Backend>>, mut form: Form) -> Answer {
    let mut given = Map::new();
    if form.has("blocked_country_codes") {
        let mut codes = form.texts("blocked_country_codes");
        let is_code =
            |code: &String| code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase());
        if !codes.iter().all(is_code) {
            let text = "A country is two capital letters.";
            form.refuse(Refusal::format("blocked_country_codes", text));
        }
        codes.sort_unstable();
        codes.dedup();
        given.insert("blocked_country_codes".to_owned(), codes.into());
    }
    form.finish()?;
    change(&backend, "communication", given).await?;
    Ok(Json(shown(&backend)))
}

fn shown(backend: &Backend) -> Value {
    json!({
        "object": "instance_communication",
        "blocked_country_codes": backend.idp.settings().apis.communication.blocked_country_codes,
    })
}
