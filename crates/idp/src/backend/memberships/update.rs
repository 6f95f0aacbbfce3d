//! `PATCH /v1/organizations/{id}/memberships/{user_id}`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};

use crate::backend::answer::Answer;
use crate::backend::form::Form;
use crate::backend::quota::Bound;
use crate::backend::state::{Backend, organization_id};
use crate::domain::memberships;

/// Gives a member another role. Emits `organizationMembership.updated`. 404 where membership or
/// role are unknown, 400 where the last admin would be none any more.
pub(super) async fn update(
    State(backend): State<Arc<Backend>>,
    Path((id, user_id)): Path<(String, String)>,
    mut form: Form,
) -> Answer {
    let idp = &backend.idp;
    let role = form.required("role");
    form.finish()?;
    let mut tx = backend.begin().await?;
    let id = organization_id(&mut tx, &id).await?;
    let mut row = memberships::get_locked(&mut tx, &id, &user_id).await?;
    backend.take(Bound::Changes(row.id.clone()))?;
    let old_role = std::mem::replace(&mut row.role, role);
    let person = memberships::update(idp, &mut tx, &mut row, &old_role).await?;
    tx.commit().await?;
    Ok(Json(memberships::resource(idp, &row, &person)))
}
