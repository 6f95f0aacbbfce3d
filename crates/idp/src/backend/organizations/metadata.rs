//! `PATCH /v1/organizations/{id}/metadata`, `PUT /v1/organizations/{id}/metadata`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};

use crate::backend::answer::Answer;
use crate::backend::form::Form;
use crate::backend::metadata::{Change, apply};
use crate::backend::quota::Bound;
use crate::backend::state::{Backend, organization_id};
use crate::domain::organizations;

/// Merges metadata in depth; `null` removes a key. 429 beyond ten changes in ten seconds. Emits `organization.updated`.
pub(super) async fn merge(
    State(backend): State<Arc<Backend>>,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    change(&backend, &id, form, Change::Merge).await
}

/// Replaces the kinds of metadata that are given. Emits `organization.updated`.
pub(super) async fn replace(
    State(backend): State<Arc<Backend>>,
    Path(id): Path<String>,
    form: Form,
) -> Answer {
    change(&backend, &id, form, Change::Replace).await
}

async fn change(backend: &Backend, id: &str, mut form: Form, change: Change) -> Answer {
    let mut tx = backend.begin().await?;
    let id = organization_id(&mut tx, id).await?;
    let mut row = organizations::get_locked(&mut tx, &id).await?;
    backend.take(Bound::Changes(id))?;
    apply(
        &mut form,
        "public_metadata",
        change,
        &mut row.public_metadata,
    );
    apply(
        &mut form,
        "private_metadata",
        change,
        &mut row.private_metadata,
    );
    form.finish()?;
    organizations::update(&backend.idp, &mut tx, &mut row).await?;
    tx.commit().await?;
    Ok(Json(organizations::resource(&backend.idp, &row)))
}
