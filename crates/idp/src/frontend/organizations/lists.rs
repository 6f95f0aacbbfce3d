//! Lists beside the members: roles, and what this instance has none of.

use axum::extract::{Path, State};
use axum::response::Response;

use super::{membership, permitted};
use crate::domain::roles as acts;
use crate::error::Result;
use crate::frontend::Frontend;
use crate::frontend::request::Meta;
use crate::frontend::visit::Visit;
use crate::model;
use crate::store::Page;
use crate::store::roles::{RoleKey, list as search};
use crate::store::search::Order;

/// `GET /v1/organizations/{id}/roles`. A member; 404 otherwise.
pub async fn roles(
    State(frontend): State<Frontend>,
    Path(id): Path<String>,
    meta: Meta,
) -> Result<Response> {
    let page = Page::new(meta.query.number("limit"), meta.query.number("offset"));
    let mut visit = Visit::read(&frontend, meta).await?;
    let own = membership(&mut visit, &id).await?;
    let set = acts::set_of(&mut visit.tx, &own.organization).await?;
    let order = Order {
        key: RoleKey::CreatedAt,
        descending: false,
    };
    let (roles, total) = search(&mut visit.tx, &set.roles, "", order, page).await?;
    let shown = acts::resources(&mut visit.tx, &roles).await?;
    let mut value = model::page(shown, total);
    value["has_role_set_migration"] = false.into();
    visit.answer(value).await
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
