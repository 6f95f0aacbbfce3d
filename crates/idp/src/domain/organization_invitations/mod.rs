//! Invitations to organizations: made, revoked, accepted.

mod close;
mod create;

use std::collections::HashMap;

use bailiwick_pg::Tx;
use serde_json::{Value, json};

use super::people;
use super::tickets::{self, Source, Terms, Ticket};
use crate::error::{Refusal, Result};
use crate::instance::Idp;
use crate::model::user::Person;
use crate::store::organization_invitations::{self as rows, OrganizationInvitation};
use crate::{model, webhooks};

pub use close::{accept, open_locked, revoke};
pub use create::{MAX_BULK, NewInvitation, create};

/// The people who invited, by their ids.
pub async fn inviters(
    tx: &mut Tx,
    rows: &[OrganizationInvitation],
) -> Result<HashMap<String, Person>> {
    let ids: Vec<String> = rows
        .iter()
        .filter_map(|row| row.inviter_id.clone())
        .collect();
    people::load(tx, &ids).await
}

/// The invitation, as the Backend API shows it. An open one that was sent has the link that
/// presents its ticket.
pub fn resource(
    idp: &Idp,
    invitation: &OrganizationInvitation,
    inviters: &HashMap<String, Person>,
) -> Result<Value> {
    let now = idp.env().now();
    let url = match invitation.status_at(now) {
        "pending" => link(idp, invitation)?,
        _ => None,
    };
    let inviter = invitation
        .inviter_id
        .as_ref()
        .and_then(|id| inviters.get(id));
    Ok(model::organization_invitation::invitation(
        idp.config(),
        invitation,
        inviter,
        url.as_deref(),
        now,
    ))
}

/// The link of an invitation that was sent; none for one that a domain brought.
fn link(idp: &Idp, invitation: &OrganizationInvitation) -> Result<Option<String>> {
    let (Some(expires_at), None) = (invitation.expires_at, &invitation.domain_id) else {
        return Ok(None);
    };
    let ticket = Ticket {
        source: Source::OrganizationInvitation,
        source_id: invitation.id.clone(),
    };
    let terms = Terms {
        organization_id: Some(&invitation.organization.id),
        expires_at,
    };
    Ok(Some(tickets::link(
        idp,
        &tickets::issue(idp, &ticket, terms)?,
    )))
}

/// An invitation of an organization; 404 for any other id.
pub async fn get(tx: &mut Tx, organization_id: &str, id: &str) -> Result<OrganizationInvitation> {
    let found = rows::find(tx, id).await?;
    let found = found.filter(|invitation| invitation.organization.id == organization_id);
    Ok(found.ok_or_else(not_found)?)
}

fn not_found() -> Refusal {
    Refusal::not_found("Organization invitation")
}

/// Says what happened to an invitation, to its organization's webhooks.
pub(super) async fn emit(
    idp: &Idp,
    tx: &mut Tx,
    event: &str,
    invitation: &OrganizationInvitation,
    inviters: &HashMap<String, Person>,
) -> Result<()> {
    let mut data = resource(idp, invitation, inviters)?;
    let organization =
        model::organization::public_organization_data(idp.config(), &invitation.organization);
    data["data"] = json!({ "public_organization_data": organization });
    if let Some(user_id) = &invitation.user_id {
        data["user_id"] = user_id.as_str().into();
    }
    webhooks::emit(tx, idp.env(), event, &data).await?;
    Ok(())
}
