//! `POST /v1/machines/{id}/scopes`, `DELETE /v1/machines/{id}/scopes/{other}`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use http::StatusCode;
use serde_json::json;

use super::find_locked;
use crate::backend::answer::Answer;
use crate::backend::form::Form;
use crate::backend::state::Backend;
use crate::error::{Error, Refusal};
use crate::model::ms;
use crate::store;
use crate::store::machines as rows;

/// Lets a machine present its tokens to another. 404 where one of the two is unknown, 422 where it
/// is the same or may do so already.
pub(super) async fn create(
    State(backend): State<Arc<Backend>>,
    Path(id): Path<String>,
    mut form: Form,
) -> Answer {
    let other = form.required("to_machine_id");
    form.finish()?;
    let now = store::now(backend.idp.env());
    let mut tx = backend.begin().await?;
    let machine = find_locked(&mut tx, &id).await?;
    if rows::scopes(&mut tx, std::slice::from_ref(&id))
        .await?
        .len()
        >= rows::SCOPES_MAX
    {
        let text = format!("A machine has {} scopes at most.", rows::SCOPES_MAX);
        return Err(Refusal::format("to_machine_id", &text).into());
    }
    let found = rows::load(&mut tx, std::slice::from_ref(&other)).await?;
    if found.is_empty() {
        return Err(super::not_found().into());
    }
    rows::insert_scope(&mut tx, &machine.id, &other, now)
        .await
        .map_err(refused)?;
    tx.commit().await?;
    Ok(Json(json!({
        "object": "machine_scope",
        "from_machine_id": machine.id,
        "to_machine_id": other,
        "created_at": ms(now),
    })))
}

fn refused(error: Error) -> Error {
    let text = match &error {
        Error::Database(database) => match database.constraint() {
            Some("machine_scopes_once") => "The machine has this scope already.",
            Some("machine_scopes_other") => "A machine needs no scope for itself.",
            _ => return error,
        },
        _ => return error,
    };
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    Refusal::new(status, "duplicate_record", text)
        .param("to_machine_id")
        .into()
}

/// Lets a machine no longer present its tokens to another. 404 where it may not.
pub(super) async fn delete(
    State(backend): State<Arc<Backend>>,
    Path((id, other)): Path<(String, String)>,
) -> Answer {
    let mut tx = backend.begin().await?;
    if !rows::delete_scope(&mut tx, &id, &other).await? {
        return Err(Refusal::not_found("Machine scope").into());
    }
    tx.commit().await?;
    Ok(Json(json!({
        "object": "machine_scope",
        "from_machine_id": id,
        "to_machine_id": other,
        "deleted": true,
    })))
}
