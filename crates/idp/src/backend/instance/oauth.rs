//! `GET /v1/instance/oauth_application_settings`, `PATCH /v1/instance/oauth_application_settings`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use serde_json::{Value, json};

use super::{booleans, change};
use crate::backend::answer::Answer;
use crate::backend::form::Form;
use crate::backend::state::Backend;
use crate::domain::oauth::SCOPES;
use crate::error::Refusal;

/// What applications of others may do.
pub(super) async fn get(State(backend): State<Arc<Backend>>) -> Answer {
    Ok(Json(shown(&backend)))
}

/// Changes it. 422 for what is not there: tokens that are JSON Web Tokens, and documents as names
/// of clients.
pub(super) async fn update(State(backend): State<Arc<Backend>>, mut form: Form) -> Answer {
    let mut given = booleans(&mut form, &["dynamic_oauth_client_registration"]);
    if let Some(value) = given.remove("dynamic_oauth_client_registration") {
        given.insert("dynamic_client_registration".to_owned(), value);
    }
    if form.has("default_scopes") {
        let scopes = form.texts("default_scopes");
        if !scopes.iter().all(|scope| SCOPES.contains(&scope.as_str())) {
            let text = format!("The scopes are {}.", SCOPES.join(", "));
            form.refuse(Refusal::format("default_scopes", &text));
        }
        given.insert("default_scopes".to_owned(), scopes.into());
    }
    form.unsupported(&[
        "oauth_jwt_access_tokens",
        "client_id_metadata_documents_advertised",
        "client_id_metadata_documents_only_allow_pre_registered_clients",
        "client_id_metadata_documents_block_implicitly_allowed_clients",
    ]);
    form.finish()?;
    change(&backend, "oauth", given).await?;
    Ok(Json(shown(&backend)))
}

fn shown(backend: &Backend) -> Value {
    let settings = backend.idp.settings();
    let oauth = &settings.apis.oauth;
    json!({
        "object": "oauth_application_settings",
        "dynamic_oauth_client_registration": oauth.dynamic_client_registration,
        "default_scopes": oauth.default_scopes,
        "oauth_jwt_access_tokens": false,
        "client_id_metadata_documents_advertised": false,
        "client_id_metadata_documents_only_allow_pre_registered_clients": false,
        "client_id_metadata_documents_block_implicitly_allowed_clients": false,
    })
}
