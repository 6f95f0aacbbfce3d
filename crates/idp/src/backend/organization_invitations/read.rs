//! `GET /v1/organizations/{id}/invitations/{invitation_id}`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};

use crate::backend::answer::Answer;
use crate::backend::state::{Backend, organization_id};
use crate::domain::organization_invitations as acts;

/// An invitation of an organization; 404 for any other id.
pub(super) async fn get(
    State(backend): State<Arc<Backend>>,
    Path((id, invitation_id)): Path<(String, String)>,
) -> Answer {
    let mut tx = backend.begin().await?;
    let id = organization_id(&mut tx, &id).await?;
    let row = acts::get(&mut tx, &id, &invitation_id).await?;
    let inviters = acts::inviters(&mut tx, std::slice::from_ref(&row)).await?;
    tx.commit().await?;
    Ok(Json(acts::resource(&backend.idp, &row, &inviters)?))
}
