//! `POST /v1/organization_roles`, `PATCH` and `DELETE /v1/organization_roles/{id}`, `POST` and
//! `DELETE /v1/organization_roles/{id}/permissions/{permission_id}`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};

use super::read::show;
use crate::backend::answer::Answer;
use crate::backend::form::Form;
use crate::backend::state::Backend;
use crate::domain::role_definitions::{self as acts, NewRole, RoleChange};
use crate::error::Refusal;

/// Takes a name out of the form that must say something where it is given.
pub(super) fn name(form: &mut Form) -> Option<String> {
    let name = form.name("name")?;
    if name.is_none() {
        form.refuse(Refusal::missing("name"));
    }
    name
}

/// Defines a role. Emits `role.created`. 404 for an unknown permission, 422 for a key that is
/// taken, 403 beyond the instance's bound.
pub(super) async fn create(State(backend): State<Arc<Backend>>, mut form: Form) -> Answer {
    let new = NewRole {
        key: form.required("key"),
        name: form.required("name"),
        description: form.name("description").flatten(),
        permission_ids: form.texts("permissions"),
        in_initial_set: form.boolean("include_in_initial_role_set").unwrap_or(false),
    };
    form.finish()?;
    let mut tx = backend.begin().await?;
    let role = acts::create(&backend.idp, &mut tx, new).await?;
    show(tx, role).await
}

/// Changes what is given. Emits `role.updated`. Members follow a changed key. 400 where somebody
/// would lose what an organization needs.
pub(super) async fn update(
    State(backend): State<Arc<Backend>>,
    Path(id): Path<String>,
    mut form: Form,
) -> Answer {
    let idp = &backend.idp;
    let mut change = RoleChange {
        key: form.name("key").flatten(),
        name: name(&mut form),
        description: form.name("description"),
        permissions: None,
    };
    let permission_ids = form.list("permissions");
    form.finish()?;
    let mut tx = backend.begin().await?;
    if let Some(ids) = permission_ids {
        change.permissions = Some(acts::permission_keys(&mut tx, &ids).await?);
    }
    let (role, patch) = acts::update(idp, &mut tx, &id, change).await?;
    let answer = show(tx, role).await?;
    if let Some(patch) = patch {
        idp.change_settings("organizations", &patch).await?;
    }
    Ok(answer)
}

/// Removes a role. Emits `role.deleted`. 400 where somebody has it or a setting names it.
pub(super) async fn delete(State(backend): State<Arc<Backend>>, Path(id): Path<String>) -> Answer {
    let mut tx = backend.begin().await?;
    let gone = acts::delete(&backend.idp, &mut tx, &id).await?;
    tx.commit().await?;
    Ok(Json(gone))
}

/// Gives a role another permission. Emits `role.updated`. 409 where it has it already.
pub(super) async fn assign(
    State(backend): State<Arc<Backend>>,
    Path((id, permission_id)): Path<(String, String)>,
) -> Answer {
    let mut tx = backend.begin().await?;
    let role = acts::assign(&backend.idp, &mut tx, &id, &permission_id).await?;
    show(tx, role).await
}

/// Takes a permission from a role. Emits `role.updated`. 404 where it does not have it.
pub(super) async fn unassign(
    State(backend): State<Arc<Backend>>,
    Path((id, permission_id)): Path<(String, String)>,
) -> Answer {
    let mut tx = backend.begin().await?;
    let role = acts::unassign(&backend.idp, &mut tx, &id, &permission_id).await?;
    show(tx, role).await
}
