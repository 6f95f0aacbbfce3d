//! `POST /v1/sessions/{id}/tokens/{template}`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use serde_json::json;

use super::tokens::lifetime;
use crate::backend::answer::Answer;
use crate::backend::form::Form;
use crate::backend::state::Backend;
use crate::domain::templates;
use crate::error::Refusal;
use crate::store;

/// Makes a token for another service, of a session and by a template. 404 where there is no such
/// template, or no such session, or the session is over or does not count yet.
pub(super) async fn create(
    State(backend): State<Arc<Backend>>,
    Path((id, name)): Path<(String, String)>,
    mut form: Form,
) -> Answer {
    let idp = &backend.idp;
    let lifetime = lifetime(&mut form);
    form.finish()?;
    let mut tx = backend.begin().await?;
    let session = store::sessions::find(&mut tx, &id).await?;
    let session = session
        .filter(|session| session.is_active(idp.env().now()))
        .ok_or_else(|| Refusal::not_found("Session"))?;
    let jwt = templates::mint(idp, &mut tx, &name, &session, None, lifetime).await?;
    tx.commit().await?;
    Ok(Json(json!({ "object": "token", "jwt": jwt })))
}
