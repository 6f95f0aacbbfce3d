//! `POST /v1/invitations/{id}/revoke`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};

use crate::backend::answer::Answer;
use crate::backend::state::Backend;
use crate::domain::invitations as acts;

/// Revokes an open invitation: its ticket opens nothing any more. 404 where there is none of that
/// id, 400 for one that is over.
pub(super) async fn revoke(State(backend): State<Arc<Backend>>, Path(id): Path<String>) -> Answer {
    let mut tx = backend.begin().await?;
    let row = acts::revoke(&backend.idp, &mut tx, &id).await?;
    tx.commit().await?;
    Ok(Json(acts::resource(&backend.idp, &row)?))
}
