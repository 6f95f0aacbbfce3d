//! `DELETE /v1/jwt_templates/{id}`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};

use crate::backend::answer::Answer;
use crate::backend::state::Backend;
use crate::error::Refusal;
use crate::model;
use crate::store::jwt_templates;

/// Removes a template: from now on nobody gets its tokens. 404 where there is none.
pub(super) async fn delete(State(backend): State<Arc<Backend>>, Path(id): Path<String>) -> Answer {
    let mut tx = backend.begin().await?;
    if !jwt_templates::delete(&mut tx, &id).await? {
        return Err(Refusal::not_found("JWT template").into());
    }
    tx.commit().await?;
    Ok(Json(model::deleted("jwt_template", &id)))
}
