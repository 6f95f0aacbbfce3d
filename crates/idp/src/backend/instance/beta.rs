//! `PATCH /v1/beta_features/instance_settings`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use serde_json::{Map, json};

use super::change;
use crate::backend::answer::Answer;
use crate::backend::form::Form;
use crate::backend::state::Backend;
use crate::error::Refusal;

/// Changes settings that have paths of their own by now: who may sign up, and test addresses.
/// Signing up is always progressive, and mails come from the address of the application.
pub(super) async fn update(State(backend): State<Arc<Backend>>, mut form: Form) -> Answer {
    let allowlist = form.boolean("restricted_to_allowlist");
    let test_mode = form.boolean("test_mode");
    if form.boolean("progressive_sign_up") == Some(false) {
        let text = "progressive_sign_up cannot be switched off.";
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        let refusal = Refusal::new(status, "form_param_not_enabled", text);
        form.refuse(refusal.param("progressive_sign_up"));
    }
    form.unsupported(&["from_email_address"]);
    form.finish()?;
    let part = |name: &str, value: Option<bool>| {
        value
            .map(|value| (name.to_owned(), value.into()))
            .into_iter()
            .collect::<Map<_, _>>()
    };
    change(&backend, "restrictions", part("allowlist", allowlist)).await?;
    change(&backend, "instance", part("test_mode", test_mode)).await?;
    let idp = &backend.idp;
    Ok(Json(json!({
        "object": "instance_settings",
        "id": idp.keys().instance_id(),
        "restricted_to_allowlist": idp.settings().apis.restrictions.allowlist,
        "from_email_address": "",
        "progressive_sign_up": true,
        "enhanced_email_deliverability": false,
    })))
}
