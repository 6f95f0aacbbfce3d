//! The logo of an organization.

use axum::Router;
use axum::extract::{Path, State};
use axum::response::Response;
use axum::routing::put;

use super::permitted;
use crate::domain::organizations as acts;
use crate::error::Result;
use crate::frontend::Frontend;
use crate::frontend::request::Meta;
use crate::frontend::visit::Visit;
use crate::model;
use crate::model::organization::own_organization;
use crate::upload::{Upload, limit};

/// May change it.
const MANAGE: &str = "org:sys_profile:manage";

/// The route of the logo.
pub fn routes() -> Router<Frontend> {
    Router::new().route(
        "/organizations/{id}/logo",
        put(update).delete(delete).layer(limit()),
    )
}

/// `PUT /v1/organizations/{id}/logo`: a picture of at most 10 MB. Permission
/// `org:sys_profile:manage`; 404 where the user is no member.
async fn update(
    State(frontend): State<Frontend>,
    Path(id): Path<String>,
    meta: Meta,
    Upload(file): Upload,
) -> Result<Response> {
    let mut visit = Visit::write(&frontend, meta).await?;
    permitted(&mut visit, &id, MANAGE).await?;
    let idp = visit.idp.clone();
    let mut organization = acts::get_locked(&mut visit.tx, &id).await?;
    acts::set_logo(&idp, &mut visit.tx, &mut organization, Some(file)).await?;
    visit
        .answer(own_organization(idp.config(), &organization))
        .await
}

/// `DELETE /v1/organizations/{id}/logo`. As [`update`].
async fn delete(
    State(frontend): State<Frontend>,
    Path(id): Path<String>,
    meta: Meta,
) -> Result<Response> {
    let mut visit = Visit::write(&frontend, meta).await?;
    permitted(&mut visit, &id, MANAGE).await?;
    let idp = visit.idp.clone();
    let mut organization = acts::get_locked(&mut visit.tx, &id).await?;
    acts::set_logo(&idp, &mut visit.tx, &mut organization, None).await?;
    visit.answer(model::deleted("image", &id)).await
}
