//! `DELETE /v1/users/{id}`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};

use crate::backend::answer::Answer;
use crate::backend::state::Backend;
use crate::domain::users;

/// Deletes a user with addresses, memberships and sessions. Emits
/// `organizationMembership.deleted` for each membership, then `user.deleted`. 404 where there is
/// no such user.
pub(super) async fn delete(State(backend): State<Arc<Backend>>, Path(id): Path<String>) -> Answer {
    let mut tx = backend.begin().await?;
    let deleted = users::delete(&backend.idp, &mut tx, &id).await?;
    tx.commit().await?;
    Ok(Json(deleted))
}
