//! `PATCH /v1/oauth_applications/{id}`, `DELETE /v1/oauth_applications/{id}`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};

use super::{fields, find_locked};
use crate::backend::answer::Answer;
use crate::backend::form::Form;
use crate::backend::state::Backend;
use crate::domain::oauth::applications;
use crate::model;
use crate::model::oauth::application;
use crate::store;
use crate::store::oauth::applications as rows;

/// Changes what is given and leaves the rest. An application that becomes public has no secret any
/// more. 404 where there is no such application.
pub(super) async fn update(
    State(backend): State<Arc<Backend>>,
    Path(id): Path<String>,
    mut form: Form,
) -> Answer {
    let name = form.name("name").flatten();
    let redirect_uris = fields::redirect_uris(&mut form);
    let scopes = fields::scopes(&mut form);
    let consent = form.boolean("consent_screen_enabled");
    let pkce = form.boolean("pkce_required");
    let is_public = form.boolean("public");
    form.finish()?;
    let mut tx = backend.begin().await?;
    let mut row = find_locked(&mut tx, &id).await?;
    row.name = name.unwrap_or(row.name);
    row.redirect_uris = redirect_uris.unwrap_or(row.redirect_uris);
    row.scopes = scopes.unwrap_or(row.scopes);
    row.consent_screen_enabled = consent.unwrap_or(row.consent_screen_enabled);
    row.is_public = is_public.unwrap_or(row.is_public);
    row.pkce_required = pkce.unwrap_or(row.pkce_required) || row.is_public;
    if row.is_public {
        row.client_secret_digest = None;
    }
    rows::save(&mut tx, &mut row, store::now(backend.idp.env())).await?;
    tx.commit().await?;
    Ok(Json(application(&backend.idp, &row, None)))
}

/// Deletes an application with all that it was allowed and given. 404 where there is none.
pub(super) async fn delete(State(backend): State<Arc<Backend>>, Path(id): Path<String>) -> Answer {
    let mut tx = backend.begin().await?;
    applications::delete(&mut tx, &id).await?;
    tx.commit().await?;
    Ok(Json(model::deleted("oauth_application", &id)))
}
