//! `PATCH /v1/organizations/{id}/memberships/{user_id}/metadata`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};

use crate::backend::answer::Answer;
use crate::backend::form::Form;
use crate::backend::metadata::{Change, apply};
use crate::backend::quota::Bound;
use crate::backend::state::{Backend, organization_id};
use crate::domain::memberships;

/// Merges metadata in depth; `null` removes a key. Emits `organizationMembership.updated`.
pub(super) async fn merge(
    State(backend): State<Arc<Backend>>,
    Path((id, user_id)): Path<(String, String)>,
    mut form: Form,
) -> Answer {
    let idp = &backend.idp;
    let mut tx = backend.begin().await?;
    let id = organization_id(&mut tx, &id).await?;
    let mut row = memberships::get_locked(&mut tx, &id, &user_id).await?;
    backend.take(Bound::Changes(row.id.clone()))?;
    apply(
        &mut form,
        "public_metadata",
        Change::Merge,
        &mut row.public_metadata,
    );
    apply(
        &mut form,
        "private_metadata",
        Change::Merge,
        &mut row.private_metadata,
    );
    form.finish()?;
    let role = row.role.clone();
    let person = memberships::update(idp, &mut tx, &mut row, &role).await?;
    tx.commit().await?;
    Ok(Json(memberships::resource(idp, &row, &person)))
}
