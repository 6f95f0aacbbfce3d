//! `PUT /v1/oauth_applications/{id}/logo`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};

use super::find_locked;
use crate::backend::answer::Answer;
use crate::backend::state::Backend;
use crate::domain::oauth::applications::set_logo;
use crate::model::oauth::application;
use crate::upload::Upload;

/// Sets or replaces the logo that users see when they are asked. 404 where there is no such
/// application, 422 for what is no picture, 413 above 10 MB.
pub(super) async fn put(
    State(backend): State<Arc<Backend>>,
    Path(id): Path<String>,
    Upload(file): Upload,
) -> Answer {
    let idp = &backend.idp;
    let mut tx = backend.begin().await?;
    let mut row = find_locked(&mut tx, &id).await?;
    set_logo(idp, &mut tx, &mut row, file).await?;
    tx.commit().await?;
    Ok(Json(application(idp, &row, None)))
}
