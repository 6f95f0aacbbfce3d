//! Members of an organization.

use axum::extract::{Path, State};
use axum::response::Response;

use super::permitted;
use crate::domain::{memberships as acts, people, roles};
use crate::error::Result;
use crate::frontend::Frontend;
use crate::frontend::fields::Form;
use crate::frontend::request::Meta;
use crate::frontend::visit::Visit;
use crate::model;
use crate::model::membership::own_membership;
use crate::store::{Page, memberships};

/// May see who is a member.
const READ: &str = "org:sys_memberships:read";
/// May change roles and remove members.
const MANAGE: &str = "org:sys_memberships:manage";
/// The longest search text.
const MAX_QUERY: usize = 256;

/// `GET /v1/organizations/{id}/memberships`. Permission `org:sys_memberships:read`; 404 where the
/// user is no member.
pub async fn list(
    State(frontend): State<Frontend>,
    Path(id): Path<String>,
    meta: Meta,
) -> Result<Response> {
    let page = Page::new(meta.query.number("limit"), meta.query.number("offset"));
    let roles = meta.query.all("role");
    // A comma makes the components send several values.
    let query: String = meta
        .query
        .all("query")
        .join(",")
        .chars()
        .take(MAX_QUERY)
        .collect();
    let mut visit = Visit::read(&frontend, meta).await?;
    permitted(&mut visit, &id, READ).await?;
    let (rows, total) =
        memberships::list_by_organization(&mut visit.tx, &id, &roles, query.trim(), page).await?;
    let user_ids: Vec<String> = rows.iter().map(|row| row.user_id.clone()).collect();
    let people = people::load(&mut visit.tx, &user_ids).await?;
    let config = visit.idp.config();
    let data = rows.iter().filter_map(|row| {
        let person = people.get(&row.user_id)?;
        Some(own_membership(config, row, person))
    });
    let value = model::page(data.collect(), total);
    visit.answer(value).await
}

/// `POST /v1/organizations/{id}/memberships`: makes a user a member, without asking them. Permission
/// `org:sys_memberships:manage`, and every permission of the role over the organization; 404 where
/// the user is no member, or the one named does not exist. Rate limited.
pub async fn add(
    State(frontend): State<Frontend>,
    Path(id): Path<String>,
    meta: Meta,
    Form(form): Form,
) -> Result<Response> {
    frontend.idp.limits().attempt(&meta.address)?;
    let (user_id, role) = (form.require("user_id")?, form.require("role")?);
    let mut visit = Visit::write(&frontend, meta).await?;
    let giver = permitted(&mut visit, &id, MANAGE).await?;
    let idp = visit.idp.clone();
    let given = roles::of_organization(&mut visit.tx, &giver.organization, role).await?;
    roles::check_giver(&giver.permissions, &given)?;
    let (membership, person) = acts::add(&idp, &mut visit.tx, &id, user_id, role).await?;
    visit
        .answer(own_membership(idp.config(), &membership, &person))
        .await
}

/// `PATCH /v1/organizations/{id}/memberships/{user_id}`: the role. Permission
/// `org:sys_memberships:manage`; 404 where the user, or the one named, is no member.
pub async fn update(
    State(frontend): State<Frontend>,
    Path((id, user_id)): Path<(String, String)>,
    meta: Meta,
    Form(form): Form,
) -> Result<Response> {
    let mut visit = Visit::write(&frontend, meta).await?;
    let giver = permitted(&mut visit, &id, MANAGE).await?;
    let role = form.require("role")?.to_owned();
    let idp = visit.idp.clone();
    let given = roles::of_organization(&mut visit.tx, &giver.organization, &role).await?;
    roles::check_giver(&giver.permissions, &given)?;
    let mut membership = acts::get_locked(&mut visit.tx, &id, &user_id).await?;
    let old_role = std::mem::replace(&mut membership.role, role);
    let person = acts::update(&idp, &mut visit.tx, &mut membership, &old_role).await?;
    visit
        .answer(own_membership(idp.config(), &membership, &person))
        .await
}

/// `DELETE /v1/organizations/{id}/memberships/{user_id}`. Permission
/// `org:sys_memberships:manage`; 404 where the user, or the one named, is no member.
pub async fn remove(
    State(frontend): State<Frontend>,
    Path((id, user_id)): Path<(String, String)>,
    meta: Meta,
) -> Result<Response> {
    let mut visit = Visit::write(&frontend, meta).await?;
    permitted(&mut visit, &id, MANAGE).await?;
    let idp = visit.idp.clone();
    let (membership, person) = acts::remove(&idp, &mut visit.tx, &id, &user_id).await?;
    visit
        .answer(own_membership(idp.config(), &membership, &person))
        .await
}
