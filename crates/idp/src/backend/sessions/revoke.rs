//! `POST /v1/sessions/{id}/revoke`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use bailiwick_pg::Tx;

use crate::backend::answer::Answer;
use crate::backend::state::Backend;
use crate::domain::sessions::{End, end};
use crate::error::Result;
use crate::instance::Idp;
use crate::model::session::session;
use crate::store;

/// Revokes a session; one that is over stays as it is. Emits `session.revoked`. 404 where there is
/// no such session.
pub(super) async fn revoke(State(backend): State<Arc<Backend>>, Path(id): Path<String>) -> Answer {
    let mut tx = backend.begin().await?;
    let row = end(&backend.idp, &mut tx, &id, End::Revoked).await?;
    tx.commit().await?;
    Ok(Json(session(&row, store::now(backend.idp.env()))))
}

/// Revokes all sessions of a user. Emits `session.revoked` for each.
pub(in crate::backend) async fn revoke_all(idp: &Idp, tx: &mut Tx, user_id: &str) -> Result<()> {
    loop {
        let now = store::now(idp.env());
        let live = store::sessions::list_live_by_user(tx, user_id, now).await?;
        if live.is_empty() {
            return Ok(());
        }
        for row in live {
            end(idp, tx, &row.id, End::Revoked).await?;
        }
    }
}
