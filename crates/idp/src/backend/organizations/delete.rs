//! `DELETE /v1/organizations/{id}`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};

use crate::backend::answer::Answer;
use crate::backend::state::{Backend, organization_id};
use crate::domain::organizations;

/// Deletes an organization with its memberships. Emits `organizationMembership.deleted` for each,
/// then `organization.deleted`. 404 where there is no such organization.
pub(super) async fn delete(State(backend): State<Arc<Backend>>, Path(id): Path<String>) -> Answer {
    let mut tx = backend.begin().await?;
    let id = organization_id(&mut tx, &id).await?;
    let deleted = organizations::delete(&backend.idp, &mut tx, &id).await?;
    tx.commit().await?;
    Ok(Json(deleted))
}
