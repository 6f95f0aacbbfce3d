//! `POST` and `DELETE /v1/me/profile_image`

use axum::extract::State;
use axum::response::Response;
use serde_json::json;

use crate::domain::{images, users};
use crate::error::{Refusal, Result};
use crate::frontend::request::Meta;
use crate::frontend::visit::Visit;
use crate::frontend::{Frontend, images as pictures};
use crate::model;
use crate::upload::Upload;

/// Takes a picture of the user. Signed in; 401 otherwise. 422 for what is no picture, 413 above
/// 10 MB. Rate limited.
pub(super) async fn upload(
    State(frontend): State<Frontend>,
    meta: Meta,
    Upload(bytes): Upload,
) -> Result<Response> {
    frontend.idp.limits().attempt(&meta.address)?;
    let mut visit = Visit::write(&frontend, meta).await?;
    let (_, mut person) = visit.signed_in_locked().await?;
    let idp = visit.idp.clone();
    let id = images::store(&idp, &mut visit.tx, bytes).await?;
    users::set_image(&idp, &mut visit.tx, &mut person, Some(id.clone())).await?;
    let value = json!({
        "object": "image",
        "id": id,
        "name": id,
        "public_url": pictures::upload_url(idp.config(), &id),
    });
    visit.answer(value).await
}

/// Removes the picture of the user. Signed in; 401 otherwise, 404 where there is none.
pub async fn delete(State(frontend): State<Frontend>, meta: Meta) -> Result<Response> {
    let mut visit = Visit::write(&frontend, meta).await?;
    let (_, mut person) = visit.signed_in_locked().await?;
    let id = person.user.image_id.clone();
    let id = id.ok_or_else(|| Refusal::not_found("Image"))?;
    let idp = visit.idp.clone();
    users::set_image(&idp, &mut visit.tx, &mut person, None).await?;
    visit.answer(model::deleted("image", &id)).await
}
