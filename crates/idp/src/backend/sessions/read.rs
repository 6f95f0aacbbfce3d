//! `GET /v1/sessions/{id}`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};

use crate::backend::answer::Answer;
use crate::backend::state::Backend;
use crate::error::Refusal;
use crate::model::session::session;
use crate::store;

/// A session. 404 where there is none.
pub(super) async fn get(State(backend): State<Arc<Backend>>, Path(id): Path<String>) -> Answer {
    let mut tx = backend.begin().await?;
    let row = store::sessions::find(&mut tx, &id).await?;
    tx.commit().await?;
    let row = row.ok_or_else(|| Refusal::not_found("Session"))?;
    Ok(Json(session(&row, store::now(backend.idp.env()))))
}
