//! `POST /v1/oauth_applications`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;

use super::fields;
use crate::backend::answer::Answer;
use crate::backend::form::Form;
use crate::backend::state::Backend;
use crate::domain::oauth::applications::{self, NewApplication};
use crate::error::Refusal;
use crate::model::oauth::application;

/// Makes an application. One that can keep secrets gets one, which is shown this once.
pub(super) async fn create(State(backend): State<Arc<Backend>>, mut form: Form) -> Answer {
    let idp = &backend.idp;
    let name = form.required("name");
    if name.chars().count() > 256 {
        form.refuse(Refusal::format(
            "name",
            "name is longer than 256 characters.",
        ));
    }
    let redirect_uris = fields::redirect_uris(&mut form);
    if redirect_uris.is_none() {
        form.refuse(Refusal::missing("redirect_uris"));
    }
    let default_scopes = || idp.settings().apis.oauth.default_scopes.join(" ");
    let new = NewApplication {
        name,
        client_uri: None,
        dynamically_registered: false,
        consent_screen_enabled: form.boolean("consent_screen_enabled").unwrap_or(true),
        pkce_required: form.boolean("pkce_required").unwrap_or(false),
        is_public: form.boolean("public").unwrap_or(false),
        scopes: fields::scopes(&mut form).unwrap_or_else(default_scopes),
        redirect_uris: redirect_uris.unwrap_or_default(),
    };
    form.finish()?;
    let mut tx = backend.begin().await?;
    let (row, secret) = applications::create(idp, &mut tx, new).await?;
    tx.commit().await?;
    Ok(Json(application(idp, &row, secret.as_deref())))
}
