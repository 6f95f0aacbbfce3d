//! `PATCH /v1/machines/{id}`, `DELETE /v1/machines/{id}`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};

use super::{check_name, find_locked, not_found, show_one, ttl};
use crate::backend::answer::Answer;
use crate::backend::form::Form;
use crate::backend::state::Backend;
use crate::model;
use crate::store;
use crate::store::machines as rows;

/// Changes the name, or how long tokens live that are made from now on. 404 where there is no such
/// machine.
pub(super) async fn update(
    State(backend): State<Arc<Backend>>,
    Path(id): Path<String>,
    mut form: Form,
) -> Answer {
    let name = form.has("name").then(|| form.required("name"));
    if let Some(name) = &name {
        check_name(&mut form, name);
    }
    let ttl = ttl(&mut form);
    form.finish()?;
    let mut tx = backend.begin().await?;
    let mut machine = find_locked(&mut tx, &id).await?;
    machine.name = name.unwrap_or(machine.name);
    machine.default_token_ttl = ttl.unwrap_or(machine.default_token_ttl);
    rows::save(&mut tx, &mut machine, store::now(backend.idp.env())).await?;
    let shown = show_one(&backend.idp, &mut tx, &machine).await?;
    tx.commit().await?;
    Ok(Json(shown))
}

/// Deletes a machine with its tokens and keys. 404 where there is none.
pub(super) async fn delete(State(backend): State<Arc<Backend>>, Path(id): Path<String>) -> Answer {
    let mut tx = backend.begin().await?;
    if !rows::delete(&mut tx, &id).await? {
        return Err(not_found().into());
    }
    tx.commit().await?;
    Ok(Json(model::deleted("machine", &id)))
}
