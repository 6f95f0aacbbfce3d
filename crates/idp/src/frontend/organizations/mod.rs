//! Organizations of the signed-in user.

pub mod defaults;
pub mod domains;
pub mod invitations;
pub mod lists;
pub mod logo;
pub mod members;
pub mod requests;

use axum::extract::{Path, State};
use axum::response::Response;

use super::Frontend;
use super::fields::Form;
use super::request::Meta;
use super::visit::Visit;
use crate::domain::names;
use crate::domain::organizations::{self as acts, NewOrganization};
use crate::error::{Refusal, Result};
use crate::instance::Idp;
use crate::model::organization::own_organization;
use crate::store::memberships::{self, Membership};

/// May change name and slug.
const MANAGE_PROFILE: &str = "org:sys_profile:manage";
/// May delete the organization.
const DELETE_PROFILE: &str = "org:sys_profile:delete";

/// The signed-in user's membership in an organization; 401 without a session, 404 where the user
/// is no member: whether the organization exists is nobody else's business.
pub(super) async fn membership(visit: &mut Visit, organization_id: &str) -> Result<Membership> {
    let (_, person) = visit.signed_in().await?;
    let membership = memberships::find(&mut visit.tx, organization_id, &person.user.id).await?;
    Ok(membership.ok_or_else(|| Refusal::not_found("Organization"))?)
}

/// The same, with a permission; 403 without it.
pub(super) async fn permitted(
    visit: &mut Visit,
    organization_id: &str,
    permission: &str,
) -> Result<Membership> {
    let membership = membership(visit, organization_id).await?;
    if membership.may(permission) {
        return Ok(membership);
    }
    Err(missing_permission(&[permission]).into())
}

/// The refusal of who has none of the permissions.
pub(super) fn missing_permission(permissions: &[&str]) -> Refusal {
    let text = "You do not have the permission to do this in the organization.";
    Refusal::new(
        http::StatusCode::FORBIDDEN,
        "missing_organization_permission",
        text,
    )
    .meta("permissions", serde_json::json!(permissions))
}

fn name(form: &super::fields::Fields) -> Result<Option<String>> {
    match form.raw("name") {
        None => Ok(None),
        Some(text) => Ok(Some(
            names::name(text, "name")?.ok_or_else(|| Refusal::missing("name"))?,
        )),
    }
}

/// The slug of a form, where it brings one; 422 where people choose none.
fn slug(idp: &Idp, form: &super::fields::Fields) -> Result<Option<String>> {
    let Some(text) = form.get("slug") else {
        return Ok(None);
    };
    if idp.settings().organizations.slug_disabled {
        let text = "Slugs are not enabled for organizations of this instance.";
        let status = http::StatusCode::UNPROCESSABLE_ENTITY;
        return Err(Refusal::new(status, "form_param_unknown", text)
            .param("slug")
            .into());
    }
    Ok(Some(names::slug(text, "slug")?))
}

/// `POST /v1/organizations`: the creator becomes its first admin. Signed in; 401 otherwise, 403
/// for a user who may not create organizations.
pub async fn create(
    State(frontend): State<Frontend>,
    meta: Meta,
    Form(form): Form,
) -> Result<Response> {
    let mut visit = Visit::write(&frontend, meta).await?;
    let (_, person) = visit.signed_in().await?;
    let mut new = NewOrganization::named(name(&form)?.ok_or_else(|| Refusal::missing("name"))?);
    new.slug = slug(&frontend.idp, &form)?;
    new.created_by = Some(person.user.id);
    let idp = visit.idp.clone();
    let organization = acts::create(&idp, &mut visit.tx, new).await?;
    visit
        .answer(own_organization(idp.config(), &organization))
        .await
}

/// `GET /v1/organizations/{id}`. A member; 404 otherwise.
pub async fn get(
    State(frontend): State<Frontend>,
    Path(id): Path<String>,
    meta: Meta,
) -> Result<Response> {
    let mut visit = Visit::read(&frontend, meta).await?;
    let membership = membership(&mut visit, &id).await?;
    let value = own_organization(visit.idp.config(), &membership.organization);
    visit.answer(value).await
}

/// `PATCH /v1/organizations/{id}`: name and slug. Permission `org:sys_profile:manage`; 404 where
/// the user is no member.
pub async fn update(
    State(frontend): State<Frontend>,
    Path(id): Path<String>,
    meta: Meta,
    Form(form): Form,
) -> Result<Response> {
    let mut visit = Visit::write(&frontend, meta).await?;
    permitted(&mut visit, &id, MANAGE_PROFILE).await?;
    let mut organization = acts::get_locked(&mut visit.tx, &id).await?;
    if let Some(name) = name(&form)? {
        organization.name = name;
    }
    if let Some(slug) = slug(&frontend.idp, &form)? {
        organization.slug = slug;
    }
    let idp = visit.idp.clone();
    acts::update(&idp, &mut visit.tx, &mut organization).await?;
    visit
        .answer(own_organization(idp.config(), &organization))
        .await
}

/// `DELETE /v1/organizations/{id}`. Permission `org:sys_profile:delete`, and an organization that
/// its admins may delete; 404 where the user is no member.
pub async fn delete(
    State(frontend): State<Frontend>,
    Path(id): Path<String>,
    meta: Meta,
) -> Result<Response> {
    let mut visit = Visit::write(&frontend, meta).await?;
    let membership = permitted(&mut visit, &id, DELETE_PROFILE).await?;
    if !membership.organization.admin_delete_enabled {
        let text = "Deletion by admins is disabled for this organization.";
        let code = "organization_admin_delete_not_enabled";
        return Err(Refusal::new(http::StatusCode::FORBIDDEN, code, text).into());
    }
    let idp = visit.idp.clone();
    let gone = acts::delete(&idp, &mut visit.tx, &id).await?;
    visit.answer(gone).await
}
