//! `GET /v1/users/{id}`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};

use crate::backend::answer::Answer;
use crate::backend::state::{Backend, person};
use crate::domain::users;

/// A user. 404 where there is none.
pub(super) async fn get(State(backend): State<Arc<Backend>>, Path(id): Path<String>) -> Answer {
    let mut tx = backend.begin().await?;
    let person = person(&mut tx, &id).await?;
    tx.commit().await?;
    Ok(Json(users::resource(&backend.idp, &person)))
}
