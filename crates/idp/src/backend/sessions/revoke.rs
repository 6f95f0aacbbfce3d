//! `POST /v1/sessions/{id}/revoke`

use std::sync::Arc;

use crate::backend::answer::Answer;
use crate::backend::state::Backend;
use crate::domain::sessions::{End, end};
use crate::model::session::session;
use crate::store;
use axum::Json;
use axum::extract::{Path, State};

/// Revokes a session; one that is over stays as it is. Emits `session.revoked`. 404 where there is
/// no such session.
pub(super) async fn revoke(State(backend): State<Arc<Backend>>, Path(id): Path<String>) -> Answer {
    let mut tx = backend.begin().await?;
    let row = end(&backend.idp, &mut tx, &id, End::Revoked).await?;
    tx.commit().await?;
    Ok(Json(session(&row, store::now(backend.idp.env()))))
}
