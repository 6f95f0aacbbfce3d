//! `PATCH /v1/users/{id}/metadata`, `PUT /v1/users/{id}/metadata`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};

use crate::backend::answer::Answer;
use crate::backend::form::Form;
use crate::backend::metadata::{Change, apply};
use crate::backend::quota::Bound;
use crate::backend::state::Backend;
use crate::domain::{people, users};

/// Merges metadata in depth; `null` removes a key. 429 beyond ten changes in ten seconds. Emits `user.updated`.
pub(super) async fn merge(
    State(backend): State<Arc<Backend>>,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    change(&backend, &id, form, Change::Merge).await
}

/// Replaces the kinds of metadata that are given. Emits `user.updated`.
pub(super) async fn replace(
    State(backend): State<Arc<Backend>>,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    change(&backend, &id, form, Change::Replace).await
}

async fn change(backend: &Backend, id: &str, mut form: Form, change: Change) -> Answer {
    let mut tx = backend.begin().await?;
    let mut person = people::get_locked(&mut tx, id).await?;
    backend.take(Bound::Changes(id.to_owned()))?;
    let user = &mut person.user;
    apply(
        &mut form,
        "public_metadata",
        change,
        &mut user.public_metadata,
    );
    apply(
        &mut form,
        "private_metadata",
        change,
        &mut user.private_metadata,
    );
    apply(
        &mut form,
        "unsafe_metadata",
        change,
        &mut user.unsafe_metadata,
    );
    form.finish()?;
    users::update(&backend.idp, &mut tx, &mut person).await?;
    tx.commit().await?;
    Ok(Json(users::resource(&backend.idp, &person)))
}
