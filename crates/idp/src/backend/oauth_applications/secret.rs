//! `POST /v1/oauth_applications/{id}/rotate_secret`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use http::StatusCode;

use super::find_locked;
use crate::backend::answer::Answer;
use crate::backend::state::Backend;
use crate::domain::oauth::applications::new_secret;
use crate::error::Refusal;
use crate::model::oauth::application;
use crate::store;
use crate::store::oauth::applications as rows;

/// Gives an application another secret, which is shown this once; the one before opens nothing from
/// now on. 404 where there is no such application, 422 where it cannot keep secrets.
pub(super) async fn rotate(State(backend): State<Arc<Backend>>, Path(id): Path<String>) -> Answer {
    let idp = &backend.idp;
    let mut tx = backend.begin().await?;
    let mut row = find_locked(&mut tx, &id).await?;
    if row.is_public {
        let text = "A public application has no secret.";
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return Err(Refusal::new(status, "public_oauth_application", text).into());
    }
    let secret = new_secret(idp, &mut row);
    rows::save(&mut tx, &mut row, store::now(idp.env())).await?;
    tx.commit().await?;
    Ok(Json(application(idp, &row, Some(&secret))))
}
