//! `POST /v1/oauth_applications/access_tokens/verify`, `POST /v1/oauth_applications/{id}/revoke_token`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use http::StatusCode;

use super::find_locked;
use crate::backend::answer::Answer;
use crate::backend::form::Form;
use crate::backend::state::Backend;
use crate::domain::oauth::grants;
use crate::error::{Refusal, Result};
use crate::model::oauth::access_token;
use crate::store;

/// What a token is good for. 404 for one that opens nothing: unknown, taken back, too old, or of a
/// user who is banned.
pub(super) async fn verify(State(backend): State<Arc<Backend>>, mut form: Form) -> Answer {
    // Some clients send it under the name that other tokens have.
    let token = match form.has("secret") {
        true => form.required("secret"),
        false => form.required("access_token"),
    };
    form.finish()?;
    let idp = &backend.idp;
    let mut tx = backend.begin().await?;
    let row = grants::presented(idp, &mut tx, &token).await?;
    tx.commit().await?;
    let row = row.ok_or_else(|| Refusal::not_found("OAuth access token"))?;
    Ok(Json(access_token(&row, store::now(idp.env()))))
}

/// Takes a token of an application back, with all that came of the same code. 404 where there is no
/// such application or it has no such token.
pub(super) async fn revoke(
    State(backend): State<Arc<Backend>>,
    Path(id): Path<String>,
    mut form: Form,
) -> Result<StatusCode> {
    let token = form.required("token");
    form.finish()?;
    let mut tx = backend.begin().await?;
    let application = find_locked(&mut tx, &id).await?;
    if !grants::revoke(&backend.idp, &mut tx, &application, &token).await? {
        return Err(Refusal::not_found("OAuth access token").into());
    }
    tx.commit().await?;
    Ok(StatusCode::NO_CONTENT)
}
