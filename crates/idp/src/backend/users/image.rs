//! `POST` and `DELETE /v1/users/{id}/profile_image`

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};

use crate::backend::answer::Answer;
use crate::backend::state::Backend;
use crate::domain::{images, people, users};
use crate::error::Refusal;
use crate::upload::Upload;

/// Gives a user a picture. Emits `user.updated`. 404 where there is no such user, 422 for what is
/// no picture.
pub(super) async fn upload(
    State(backend): State<Arc<Backend>>,
    Path(id): Path<String>,
    Upload(bytes): Upload,
) -> Answer {
    let idp = &backend.idp;
    let mut tx = backend.begin().await?;
    let mut person = people::get_locked(&mut tx, &id).await?;
    let image_id = images::store(idp, &mut tx, bytes).await?;
    users::set_image(idp, &mut tx, &mut person, Some(image_id)).await?;
    tx.commit().await?;
    Ok(Json(users::resource(idp, &person)))
}

/// Removes the picture of a user. Emits `user.updated`. 404 where there is no such user or no
/// picture.
pub(super) async fn delete(State(backend): State<Arc<Backend>>, Path(id): Path<String>) -> Answer {
    let idp = &backend.idp;
    let mut tx = backend.begin().await?;
    let mut person = people::get_locked(&mut tx, &id).await?;
    if person.user.image_id.is_none() {
        return Err(Refusal::not_found("Image").into());
    }
    users::set_image(idp, &mut tx, &mut person, None).await?;
    tx.commit().await?;
    Ok(Json(users::resource(idp, &person)))
}
