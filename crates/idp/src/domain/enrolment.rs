//! Whom verified domains bring: an invitation that waits in the user's list, or a suggestion that
//! the user can take up and a member of the organization decides about.

use bailiwick_pg::Tx;
use http::StatusCode;

use super::{memberships, organization_invitations, organizations, roles};
use crate::error::{Refusal, Result};
use crate::instance::Idp;
use crate::settings::EnrollmentMode;
use crate::store::organization_domains::{self, Candidate};
use crate::store::organization_invitations::{self as invitations, OrganizationInvitation};
use crate::store::organization_suggestions::{self as rows, Suggestion};
use crate::{ids, store};

/// Most users whom one request enrols; the others are enrolled when they next look.
const MAX: i64 = 500;

/// Brings a user into the lists of all domains that the user's verified addresses are in. To be
/// called before these lists are read. Repeated, it changes nothing.
pub async fn of_user(idp: &Idp, tx: &mut Tx, user_id: &str) -> Result<()> {
    enrol(idp, tx, Some(user_id), None).await
}

/// Brings users into the lists of one domain whose mode has changed.
pub async fn of_domain(idp: &Idp, tx: &mut Tx, domain_id: &str) -> Result<()> {
    enrol(idp, tx, None, Some(domain_id)).await
}

async fn enrol(
    idp: &Idp,
    tx: &mut Tx,
    user_id: Option<&str>,
    domain_id: Option<&str>,
) -> Result<()> {
    if !idp.settings().organizations.domains.enabled {
        return Ok(());
    }
    for candidate in organization_domains::candidates(tx, user_id, domain_id, MAX).await? {
        if candidate.enrollment_mode == EnrollmentMode::AutomaticInvitation.as_str() {
            invite(idp, tx, &candidate).await?;
        } else {
            let id = ids::new(idp.env(), ids::Kind::Suggestion);
            rows::insert(tx, &id, &candidate, store::now(idp.env())).await?;
        }
    }
    Ok(())
}

async fn invite(idp: &Idp, tx: &mut Tx, candidate: &Candidate) -> Result<()> {
    let now = store::now(idp.env());
    let organization = organizations::get(tx, &candidate.organization_id).await?;
    let role = roles::default_role(idp, tx, &organization).await?;
    let invitation = OrganizationInvitation {
        id: ids::new(idp.env(), ids::Kind::OrganizationInvitation),
        email_address: candidate.address.clone(),
        role_name: String::new(),
        role,
        inviter_id: None,
        domain_id: Some(candidate.domain_id.clone()),
        user_id: None,
        status: "pending".to_owned(),
        redirect_url: None,
        public_metadata: serde_json::json!({}),
        private_metadata: serde_json::json!({}),
        expires_at: None,
        created_at: now,
        updated_at: now,
        organization,
    };
    if !invitations::insert_once(tx, &invitation).await? {
        return Ok(());
    }
    if let Some(made) = invitations::find(tx, &invitation.id).await? {
        let nobody = std::collections::HashMap::new();
        let event = "organizationInvitation.created";
        organization_invitations::emit(idp, tx, event, &made, &nobody).await?;
    }
    Ok(())
}

/// Takes up a suggestion of the user's own: a request that a member of the organization decides
/// about. 404 for any other id, 400 for one that was taken up before.
pub async fn request(idp: &Idp, tx: &mut Tx, user_id: &str, id: &str) -> Result<Suggestion> {
    let mut suggestion = get_locked(tx, id, "Organization suggestion").await?;
    if suggestion.user_id != user_id {
        return Err(Refusal::not_found("Organization suggestion").into());
    }
    if suggestion.status != "pending" {
        let text = "The suggestion has been accepted already.";
        let code = "organization_suggestion_already_accepted";
        return Err(Refusal::new(StatusCode::BAD_REQUEST, code, text).into());
    }
    rows::set_status(tx, &mut suggestion, "requested", store::now(idp.env())).await?;
    Ok(suggestion)
}

/// Decides about a request to join an organization: makes the user a member with the default role,
/// or refuses for good. 404 for any other id, 400 for one that was decided, 403 where the
/// organization is full.
pub async fn decide(
    idp: &Idp,
    tx: &mut Tx,
    organization_id: &str,
    id: &str,
    is_granted: bool,
) -> Result<Suggestion> {
    let what = "Organization membership request";
    let mut suggestion = get_locked(tx, id, what).await?;
    if suggestion.organization.id != organization_id || suggestion.status == "pending" {
        return Err(Refusal::not_found(what).into());
    }
    if suggestion.status != "requested" {
        let text = "The membership request has been decided already.";
        let code = "organization_membership_request_not_pending";
        return Err(Refusal::new(StatusCode::BAD_REQUEST, code, text).into());
    }
    if is_granted {
        let user_id = &suggestion.user_id;
        let known = store::memberships::find(tx, organization_id, user_id).await?;
        if known.is_none() {
            let role = roles::default_role(idp, tx, &suggestion.organization).await?;
            memberships::add(idp, tx, organization_id, user_id, &role).await?;
        }
    }
    let status = if is_granted { "granted" } else { "refused" };
    rows::set_status(tx, &mut suggestion, status, store::now(idp.env())).await?;
    Ok(suggestion)
}

async fn get_locked(tx: &mut Tx, id: &str, what: &str) -> Result<Suggestion> {
    let not_found = || Refusal::not_found(what);
    let found = rows::find(tx, id).await?.ok_or_else(not_found)?;
    organizations::get_locked(tx, &found.organization.id).await?;
    Ok(rows::find_locked(tx, id).await?.ok_or_else(not_found)?)
}
