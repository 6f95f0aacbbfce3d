//! Roles that members of an organization can have.

use axum::extract::{Path, State};
use axum::response::Response;

use super::membership;
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
