//! Invitations at the provider, which sends the mail.

use bailiwick_clerk::api::{ApiError, InviteToOrganization, ListPage};
use bailiwick_clerk::resources::OrganizationInvitation;
use bailiwick_kernel::id::{InvitationId, OrgId};
use bailiwick_store::intents::{self, Claimed};
use bailiwick_store::invitations::{self, Invitation};
use bailiwick_store::tombstones::{self, Kind};
use serde::{Deserialize, Serialize};

use super::{Step, refusal, settle};
use crate::members::rules;
use crate::sync::invitations::{mark, marked};
use crate::{App, Error, Result, sync};

/// The provider has an open invitation for the address.
const DUPLICATE: &str = "duplicate_record";

/// An invitation is to be sent.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Send {
    pub org: OrgId,
    pub clerk_org_id: String,
    pub invitation: InvitationId,
    pub sending: i32,
    /// The provider's id of the sending that this one replaces.
    pub replaces: Option<String>,
    /// The provider's id of who invites, where they may invite there too.
    pub inviter: Option<String>,
    pub gives: bool,
}

/// An invitation is to be taken back.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Revoke {
    pub org: OrgId,
    pub clerk_org_id: String,
    pub invitation: InvitationId,
    pub sending: i32,
    /// The provider's id, where it has answered.
    pub clerk_invitation_id: Option<String>,
}

impl Step for Send {
    const KIND: &'static str = "invitation.send";
}

impl Step for Revoke {
    const KIND: &'static str = "invitation.revoke";
}

/// Sends an invitation, once: before it is sent again, the provider is asked whether it was.
pub(super) async fn send(app: &App, claimed: &Claimed) -> Result<()> {
    let send = Send::read(claimed)?;
    let row = app
        .store()
        .find_invitation(send.org, send.invitation)
        .await?;
    let row = row.filter(|row| row.status == "pending" && row.sending == send.sending);
    let Some(row) = row else {
        return settle(app, claimed, "done").await;
    };
    if let Some(old) = &send.replaces {
        take_back(app, &send.clerk_org_id, old).await?;
    }
    let is_again = claimed.attempt > 1;
    let mut sent = if is_again {
        look(app, &send.clerk_org_id, &row).await?
    } else {
        None
    };
    if sent.is_none() {
        if is_again && !still_may(app, claimed, &row).await? {
            return fail(app, claimed, &send, "not_allowed_any_more").await;
        }
        sent = match app
            .clerk()
            .invite_to_organization(&send.clerk_org_id, &invite(app, &send, &row)?)
            .await
        {
            Ok(said) => Some(said),
            Err(error) if error.code() == Some(DUPLICATE) => {
                match look(app, &send.clerk_org_id, &row).await? {
                    Some(ours) => Some(ours),
                    None => return fail(app, claimed, &send, DUPLICATE).await,
                }
            }
            Err(error) if error.is_refusal() => {
                return fail(app, claimed, &send, &refusal(&error)).await;
            }
            Err(error) => return Err(error.into()),
        };
    }
    match sent {
        Some(said) => acknowledge(app, claimed, &said).await,
        None => Ok(()),
    }
}

fn invite(app: &App, send: &Send, row: &Invitation) -> Result<InviteToOrganization> {
    let role = app.pack().role(&row.role);
    let role = role
        .ok_or_else(|| Error::Inconsistent(format!("invitation {} has an unknown role", row.id)))?;
    Ok(InviteToOrganization {
        email_address: row.email.clone(),
        role: app.inner().provider_roles.outbound(role).to_owned(),
        inviter_user_id: send.inviter.clone(),
        redirect_url: app.settings().invitation_url.clone(),
        expires_in_days: None,
        private_metadata: mark(row.id, row.sending),
    })
}

/// This sending at the provider, if it got so far.
async fn look(
    app: &App,
    clerk_org_id: &str,
    row: &Invitation,
) -> Result<Option<OrganizationInvitation>> {
    let page = ListPage::FIRST;
    let list = app
        .clerk()
        .list_organization_invitations(clerk_org_id, &row.email, page)
        .await?;
    let ours = (row.id, row.sending);
    Ok(list
        .data
        .into_iter()
        .find(|said| marked(said) == Some(ours)))
}

/// Takes one back that may be over already.
async fn take_back(app: &App, clerk_org_id: &str, id: &str) -> Result<Option<ApiError>> {
    match app
        .clerk()
        .revoke_organization_invitation(clerk_org_id, id)
        .await
    {
        Ok(_) => Ok(None),
        Err(error) if error.is_refusal() => Ok(Some(error)),
        Err(error) => Err(error.into()),
    }
}

/// Whether who invites could do so now.
async fn still_may(app: &App, claimed: &Claimed, row: &Invitation) -> Result<bool> {
    let Some(user) = claimed.requested_by else {
        return Ok(false);
    };
    let mut tx = app.store().control().await?;
    let actor = rules::standing(app, &mut tx, user, row.org).await?;
    tx.commit().await?;
    let role = app.pack().role(&row.role);
    let asked = actor.zip(role);
    Ok(asked.is_some_and(|(actor, role)| app.pack().may_assign(&actor, role)))
}

/// The end of the intent, and what the provider says, in one transaction.
async fn acknowledge(app: &App, claimed: &Claimed, said: &OrganizationInvitation) -> Result<()> {
    let mut tx = app.store().control().await?;
    tombstones::lock(&mut tx, Kind::Organization, &said.organization_id).await?;
    if !intents::lock_claimed(&mut tx, claimed).await? {
        return Ok(());
    }
    let now = app.env().now();
    intents::settle(&mut tx, claimed.id, "done", None, now).await?;
    let at = said.updated_at.unwrap_or(now);
    sync::invitations::apply(app, tx, said, sync::Word::asked(at)).await?;
    Ok(())
}

/// The provider does not take it: it is no invitation.
async fn fail(app: &App, claimed: &Claimed, send: &Send, error: &str) -> Result<()> {
    let mut tx = app.store().control().await?;
    tombstones::lock(&mut tx, Kind::Organization, &send.clerk_org_id).await?;
    if !intents::lock_claimed(&mut tx, claimed).await? {
        return Ok(());
    }
    let now = app.env().now();
    intents::settle(&mut tx, claimed.id, "failed", Some(error), now).await?;
    let row = invitations::lock(&mut tx, send.org, send.invitation).await?;
    let is_ours = row.is_some_and(|row| {
        row.status == "pending" && row.sending == send.sending && row.clerk_invitation_id.is_none()
    });
    if is_ours {
        invitations::set_status(&mut tx, send.invitation, "failed", now).await?;
    }
    Ok(tx.commit().await?)
}

/// Takes an invitation back.
pub(super) async fn revoke(app: &App, claimed: &Claimed) -> Result<()> {
    let revoke = Revoke::read(claimed)?;
    let row = app
        .store()
        .find_invitation(revoke.org, revoke.invitation)
        .await?;
    let Some(row) = row else {
        return settle(app, claimed, "done").await;
    };
    let id = match revoke.clerk_invitation_id {
        Some(id) => Some(id),
        // It was on its way when it was taken back.
        None => look(app, &revoke.clerk_org_id, &row)
            .await?
            .map(|said| said.id),
    };
    let Some(id) = id else {
        return settle(app, claimed, "done").await;
    };
    let refused = take_back(app, &revoke.clerk_org_id, &id).await?;
    let mut tx = app.store().control().await?;
    tombstones::lock(&mut tx, Kind::Organization, &revoke.clerk_org_id).await?;
    if !intents::lock_claimed(&mut tx, claimed).await? {
        return Ok(());
    }
    let now = app.env().now();
    match refused.filter(|error| !error.is_not_found()) {
        None => intents::settle(&mut tx, claimed.id, "done", None, now).await?,
        // Somebody was faster. Who comes by it is let in when somebody has decided so.
        Some(error) => {
            intents::fail_holding(&mut tx, claimed.id, &refusal(&error), now).await?;
        }
    }
    Ok(tx.commit().await?)
}
