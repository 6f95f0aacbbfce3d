//! `POST /v1/m2m_tokens/{id}/revoke`

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::{Extension, Json};

use super::not_found;
use crate::backend::answer::Answer;
use crate::backend::caller::Caller;
use crate::backend::form::Form;
use crate::backend::state::Backend;
use crate::model::m2m_token::m2m_token;
use crate::store;
use crate::store::m2m_tokens as rows;

/// Takes a token back; one that was taken back stays as it is. 404 where there is none, or it is
/// another machine's than the one that asks.
pub(super) async fn revoke(
    State(backend): State<Arc<Backend>>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<String>,
    mut form: Form,
) -> Answer {
    let reason = form.name("revocation_reason").flatten();
    form.finish()?;
    let now = store::now(backend.idp.env());
    let mut tx = backend.begin().await?;
    let mut row = rows::find_locked(&mut tx, &id)
        .await?
        .filter(|row| caller.is_for(&row.machine_id))
        .ok_or_else(not_found)?;
    if !row.revoked {
        rows::revoke(&mut tx, &mut row, reason, now).await?;
    }
    tx.commit().await?;
    Ok(Json(m2m_token(&row, None, now)))
}
