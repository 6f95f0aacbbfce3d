//! Lists beside the members: roles, and what this instance has none of.

use axum::extract::{Path, State};
use axum::response::Response;
use http::StatusCode;

use super::{membership, permitted};
use crate::error::{Refusal, Result};
use crate::frontend::Frontend;
use crate::frontend::fields::Form;
use crate::frontend::request::Meta;
use crate::frontend::visit::Visit;
use crate::model;
use crate::store::{Page, roles as rows};

/// `GET /v1/organizations/{id}/roles`. A member; 404 otherwise.
pub async fn roles(
    State(frontend): State<Frontend>,
    Path(id): Path<String>,
    meta: Meta,
) -> Result<Response> {
    let page = Page::new(meta.query.number("limit"), meta.query.number("offset"));
    let mut visit = Visit::read(&frontend, meta).await?;
    membership(&mut visit, &id).await?;
    let (roles, total) = rows::list(&mut visit.tx, page).await?;
    let value = model::page(roles.iter().map(model::role::role).collect(), total);
    visit.answer(value).await
}

/// `GET /v1/organizations/{id}/invitations`: there are none. Permission
/// `org:sys_memberships:manage`; 404 where the user is no member.
pub async fn invitations(
    State(frontend): State<Frontend>,
    Path(id): Path<String>,
    meta: Meta,
) -> Result<Response> {
    nothing(&frontend, &id, meta, "org:sys_memberships:manage").await
}

/// `POST /v1/organizations/{id}/invitations` and `…/bulk`: refused, people cannot be invited yet.
pub async fn no_invitations(
    State(frontend): State<Frontend>,
    Path(id): Path<String>,
    meta: Meta,
    Form(_form): Form,
) -> Result<Response> {
    let mut visit = Visit::read(&frontend, meta).await?;
    permitted(&mut visit, &id, "org:sys_memberships:manage").await?;
    let text = "Invitations are not available yet.";
    Err(Refusal::new(StatusCode::FORBIDDEN, "feature_not_enabled", text).into())
}

/// `GET /v1/organizations/{id}/domains`: there are none. Permission `org:sys_domains:read`; 404
/// where the user is no member.
pub async fn domains(
    State(frontend): State<Frontend>,
    Path(id): Path<String>,
    meta: Meta,
) -> Result<Response> {
    nothing(&frontend, &id, meta, "org:sys_domains:read").await
}

/// `GET /v1/organizations/{id}/membership_requests`: there are none. Permission
/// `org:sys_memberships:manage`; 404 where the user is no member.
pub async fn membership_requests(
    State(frontend): State<Frontend>,
    Path(id): Path<String>,
    meta: Meta,
) -> Result<Response> {
    nothing(&frontend, &id, meta, "org:sys_memberships:manage").await
}

async fn nothing(frontend: &Frontend, id: &str, meta: Meta, permission: &str) -> Result<Response> {
    let mut visit = Visit::read(frontend, meta).await?;
    permitted(&mut visit, id, permission).await?;
    visit.answer(model::page(Vec::new(), 0)).await
}
