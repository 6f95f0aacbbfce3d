//! `GET` and `POST /v1/organization_permissions`, `GET`, `PATCH` and
//! `DELETE /v1/organization_permissions/{id}`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};

use super::change::name;
use crate::backend::answer::{Answer, page};
use crate::backend::form::Form;
use crate::backend::params::Params;
use crate::backend::state::Backend;
use crate::domain::permission_definitions::{self as acts, PermissionChange};
use crate::model::role::permission;
use crate::store::permissions::list as search;
use crate::store::roles::RoleKey;

/// A page of the permissions that match.
pub(super) async fn list(State(backend): State<Arc<Backend>>, params: Params) -> Answer {
    let order = params.order(RoleKey::CreatedAt, RoleKey::parse)?;
    let query = params.text("query").unwrap_or_default();
    let mut tx = backend.begin().await?;
    let (rows, count) = search(&mut tx, &query, order, params.page()?).await?;
    tx.commit().await?;
    Ok(page(rows.iter().map(permission).collect(), count))
}

/// Defines a permission. Emits `permission.created`. 422 for a key that is taken or not fit, 403
/// beyond the instance's bound.
pub(super) async fn create(State(backend): State<Arc<Backend>>, mut form: Form) -> Answer {
    let (key, name) = (form.required("key"), form.required("name"));
    let description = form.name("description").flatten().unwrap_or_default();
    form.finish()?;
    let mut tx = backend.begin().await?;
    let row = acts::create(&backend.idp, &mut tx, key, name, description).await?;
    tx.commit().await?;
    Ok(Json(permission(&row)))
}

/// A permission. 404 where there is none of that id.
pub(super) async fn get(State(backend): State<Arc<Backend>>, Path(id): Path<String>) -> Answer {
    let mut tx = backend.begin().await?;
    let row = acts::get(&mut tx, &id).await?;
    tx.commit().await?;
    Ok(Json(permission(&row)))
}

/// Changes what is given, in the roles that have it too. Emits `permission.updated`. 403 for one
/// of the system's.
pub(super) async fn update(
    State(backend): State<Arc<Backend>>,
    Path(id): Path<String>,
    mut form: Form,
) -> Answer {
    let change = PermissionChange {
        key: form.name("key").flatten(),
        name: name(&mut form),
        description: form.name("description").map(Option::unwrap_or_default),
    };
    form.finish()?;
    let mut tx = backend.begin().await?;
    let row = acts::update(&backend.idp, &mut tx, &id, change).await?;
    tx.commit().await?;
    Ok(Json(permission(&row)))
}

/// Removes a permission, from the roles that have it too. Emits `permission.deleted`. 403 for one
/// of the system's.
pub(super) async fn delete(State(backend): State<Arc<Backend>>, Path(id): Path<String>) -> Answer {
    let mut tx = backend.begin().await?;
    let gone = acts::delete(&backend.idp, &mut tx, &id).await?;
    tx.commit().await?;
    Ok(Json(gone))
}
