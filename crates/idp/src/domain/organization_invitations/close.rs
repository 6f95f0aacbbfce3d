//! Open invitations to organizations: revoked, accepted.

use bailiwick_pg::Tx;
use http::StatusCode;

use super::{emit, get, inviters, not_found};
use crate::domain::{memberships, organizations, tickets};
use crate::error::{Error, Refusal, Result};
use crate::instance::Idp;
use crate::model::user::Person;
use crate::store;
use crate::store::organization_invitations::{self as rows, OrganizationInvitation};

/// Revokes an open invitation of an organization, and says so; 404 for any other id, 400 for one
/// that is over.
pub async fn revoke(
    idp: &Idp,
    tx: &mut Tx,
    organization_id: &str,
    id: &str,
) -> Result<OrganizationInvitation> {
    let now = store::now(idp.env());
    get(tx, organization_id, id).await?;
    let mut invitation = get_locked(tx, id).await?;
    if invitation.status_at(now) != "pending" {
        let text = "Only pending invitations can be revoked.";
        let code = "organization_invitation_not_pending";
        return Err(Refusal::new(StatusCode::BAD_REQUEST, code, text).into());
    }
    rows::close(tx, &mut invitation, "revoked", None, now).await?;
    let inviters = inviters(tx, std::slice::from_ref(&invitation)).await?;
    emit(
        idp,
        tx,
        "organizationInvitation.revoked",
        &invitation,
        &inviters,
    )
    .await?;
    Ok(invitation)
}

/// The invitation, locked after its organization: in that order everywhere.
async fn get_locked(tx: &mut Tx, id: &str) -> Result<OrganizationInvitation> {
    let found = rows::find(tx, id).await?.ok_or_else(not_found)?;
    organizations::get_locked(tx, &found.organization.id).await?;
    Ok(rows::find_locked(tx, id).await?.ok_or_else(not_found)?)
}

/// An open invitation, locked; 400 where it is over, whoever asks.
pub async fn open_locked(idp: &Idp, tx: &mut Tx, id: &str) -> Result<OrganizationInvitation> {
    let invitation = match get_locked(tx, id).await {
        Err(Error::Refused(_)) => return Err(tickets::invalid().into()),
        other => other?,
    };
    match invitation.status_at(store::now(idp.env())) {
        "pending" => Ok(invitation),
        status => Err(tickets::closed(status).into()),
    }
}

/// Accepts an open invitation for a person who has its address, which makes the person a member,
/// and says both. Refused beyond the organization's bound. Who is a member already stays one as
/// before.
pub async fn accept(
    idp: &Idp,
    tx: &mut Tx,
    id: &str,
    person: &Person,
) -> Result<OrganizationInvitation> {
    let mut invitation = open_locked(idp, tx, id).await?;
    let is_theirs = person.emails.iter().any(|email| {
        email.verified_at.is_some()
            && email.address.to_lowercase() == invitation.email_address.to_lowercase()
    });
    if !is_theirs {
        return Err(not_found().into());
    }
    let (organization_id, user_id) = (invitation.organization.id.clone(), &person.user.id);
    let already = store::memberships::find(tx, &organization_id, user_id).await?;
    rows::close(
        tx,
        &mut invitation,
        "accepted",
        Some(user_id),
        store::now(idp.env()),
    )
    .await?;
    let inviters = inviters(tx, std::slice::from_ref(&invitation)).await?;
    emit(
        idp,
        tx,
        "organizationInvitation.accepted",
        &invitation,
        &inviters,
    )
    .await?;
    if already.is_none() {
        memberships::add(idp, tx, &organization_id, user_id, &invitation.role).await?;
    }
    Ok(invitation)
}
