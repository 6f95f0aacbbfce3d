//! `PUT` and `DELETE /v1/organizations/{id}/logo`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};

use crate::backend::answer::Answer;
use crate::backend::state::{Backend, organization_id};
use crate::domain::organizations;
use crate::upload::Upload;

/// Sets or replaces the logo. Emits `organization.updated`. 404 where there is no such
/// organization, 422 for what is no picture, 413 above 10 MB.
pub(super) async fn put(
    State(backend): State<Arc<Backend>>,
    Path(id): Path<String>,
    Upload(file): Upload,
) -> Answer {
    change(&backend, &id, Some(file)).await
}

/// Removes the logo. Emits `organization.updated`. 404 where there is no such organization.
pub(super) async fn delete(State(backend): State<Arc<Backend>>, Path(id): Path<String>) -> Answer {
    change(&backend, &id, None).await
}

async fn change(backend: &Backend, id: &str, file: Option<Vec<u8>>) -> Answer {
    let idp = &backend.idp;
    let mut tx = backend.begin().await?;
    let id = organization_id(&mut tx, id).await?;
    let mut row = organizations::get_locked(&mut tx, &id).await?;
    organizations::set_logo(idp, &mut tx, &mut row, file).await?;
    tx.commit().await?;
    let mut value = organizations::resource(idp, &row);
    if row.image_id.is_some() {
        value["logo_url"] = value["image_url"].clone();
    }
    Ok(Json(value))
}
