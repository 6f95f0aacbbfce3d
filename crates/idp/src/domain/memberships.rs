//! Memberships: added, changed, removed.

use bailiwick_pg::Tx;
use http::StatusCode;
use serde_json::{Map, Value};

use super::{people, roles};
use crate::error::{Error, Refusal, Result};
use crate::instance::Idp;
use crate::model::user::Person;
use crate::store;
use crate::store::memberships::{Membership, NewMembership};
use crate::{ids, model, webhooks};

/// The membership, as the Backend API and webhooks show it.
#[must_use]
pub fn resource(idp: &Idp, membership: &Membership, person: &Person) -> Value {
    model::membership::membership(idp.config(), membership, person)
}

/// The refusal of more members than an organization may have.
#[must_use]
pub fn quota_exceeded(bound: i64) -> Refusal {
    let text = format!("You have reached your limit of {bound} organization memberships.");
    let code = "organization_membership_quota_exceeded";
    Refusal::new(StatusCode::FORBIDDEN, code, text)
}

/// Makes a user a member, and says so. Refused: an unknown organization, user or role, a second
/// membership, and one beyond the organization's bound.
pub async fn add(
    idp: &Idp,
    tx: &mut Tx,
    organization_id: &str,
    user_id: &str,
    role: &str,
) -> Result<(Membership, Person)> {
    let organization = store::organizations::find_locked(tx, organization_id)
        .await?
        .ok_or_else(|| Refusal::not_found("Organization"))?;
    let person = people::find(tx, user_id)
        .await?
        .ok_or_else(|| Refusal::not_found("User"))?;
    roles::of_organization(tx, &organization, role).await?;
    let bound = organization.max_allowed_memberships;
    if bound > 0 && organization.members_count >= bound {
        return Err(quota_exceeded(bound).into());
    }
    let new = NewMembership {
        id: ids::new(idp.env(), ids::Kind::Membership),
        organization_id: organization_id.to_owned(),
        user_id: user_id.to_owned(),
        role: role.to_owned(),
        public_metadata: Value::Object(Map::new()),
        private_metadata: Value::Object(Map::new()),
    };
    let now = store::now(idp.env());
    store::memberships::insert(tx, &new, now)
        .await
        .map_err(|error| match &error {
            Error::Database(database) if database.constraint() == Some("memberships_once") => {
                let text = "The user is already a member of the organization.";
                let code = "already_a_member_in_organization";
                Refusal::new(StatusCode::BAD_REQUEST, code, text).into()
            }
            _ => error,
        })?;
    let membership = get_locked(tx, organization_id, user_id).await?;
    emit(
        idp,
        tx,
        "organizationMembership.created",
        &membership,
        &person,
    )
    .await?;
    Ok((membership, person))
}

/// The membership, locked with its organization until the transaction's end; 404 where there is
/// none. The organization comes first, everywhere: two requests never wait for each other.
pub async fn get_locked(tx: &mut Tx, organization_id: &str, user_id: &str) -> Result<Membership> {
    store::organizations::find_locked(tx, organization_id).await?;
    Ok(
        store::memberships::find_locked(tx, organization_id, user_id)
            .await?
            .ok_or_else(|| Refusal::not_found("Organization membership"))?,
    )
}

/// Saves a locked membership whose role or metadata was changed, and says so. The last admin
/// stays one.
pub async fn update(
    idp: &Idp,
    tx: &mut Tx,
    membership: &mut Membership,
    old_role: &str,
) -> Result<Person> {
    if membership.role != old_role {
        let role = roles::of_organization(tx, &membership.organization, &membership.role).await?;
        if roles::suffice(&membership.permissions) && !roles::suffice(&role.permissions) {
            keep_an_admin(tx, membership).await?;
        }
        membership.role_name = role.name;
        membership.permissions = role.permissions;
    }
    store::memberships::save(tx, membership, store::now(idp.env())).await?;
    let person = people::find(tx, &membership.user_id)
        .await?
        .ok_or_else(|| Refusal::not_found("User"))?;
    emit(
        idp,
        tx,
        "organizationMembership.updated",
        membership,
        &person,
    )
    .await?;
    Ok(person)
}

/// Ends a membership, and says so; 404 where there is none. The last admin stays.
pub async fn remove(
    idp: &Idp,
    tx: &mut Tx,
    organization_id: &str,
    user_id: &str,
) -> Result<(Membership, Person)> {
    let membership = get_locked(tx, organization_id, user_id).await?;
    if roles::suffice(&membership.permissions) {
        keep_an_admin(tx, &membership).await?;
    }
    let person = people::find(tx, user_id)
        .await?
        .ok_or_else(|| Refusal::not_found("User"))?;
    remove_row(idp, tx, &membership, &person).await?;
    Ok((membership, person))
}

/// Ends a membership whatever its role, and says so: its user or organization goes too.
pub(super) async fn remove_row(
    idp: &Idp,
    tx: &mut Tx,
    membership: &Membership,
    person: &Person,
) -> Result<()> {
    store::memberships::delete(tx, &membership.id).await?;
    store::sessions::forget_organization(tx, &membership.user_id, &membership.organization.id)
        .await?;
    emit(
        idp,
        tx,
        "organizationMembership.deleted",
        membership,
        person,
    )
    .await
}

/// Refuses to leave a locked organization to members who cannot run it.
async fn keep_an_admin(tx: &mut Tx, going: &Membership) -> Result<()> {
    let (organization_id, minimum) = (&going.organization.id, roles::minimum());
    if store::memberships::has_other(tx, organization_id, &going.user_id, &minimum).await? {
        return Ok(());
    }
    Err(roles::minimum_needed().into())
}

async fn emit(
    idp: &Idp,
    tx: &mut Tx,
    event: &str,
    membership: &Membership,
    person: &Person,
) -> Result<()> {
    webhooks::emit(tx, idp.env(), event, &resource(idp, membership, person)).await?;
    Ok(())
}
