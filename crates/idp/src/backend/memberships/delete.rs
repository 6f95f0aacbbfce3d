//! `DELETE /v1/organizations/{id}/memberships/{user_id}`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};

use crate::backend::answer::Answer;
use crate::backend::state::{Backend, organization_id};
use crate::domain::memberships;

/// Ends a membership and answers with what it was. Emits `organizationMembership.deleted`. 404
/// where there is none, 400 for the last admin.
pub(super) async fn delete(
    State(backend): State<Arc<Backend>>,
    Path((id, user_id)): Path<(String, String)>,
) -> Answer {
    let mut tx = backend.begin().await?;
    let id = organization_id(&mut tx, &id).await?;
    let (row, person) = memberships::remove(&backend.idp, &mut tx, &id, &user_id).await?;
    tx.commit().await?;
    Ok(Json(memberships::resource(&backend.idp, &row, &person)))
}
