//! The end of an invitation before anybody accepted it.

use bailiwick_kernel::Problem;
use bailiwick_kernel::id::{IntentId, InvitationId, OrgId};
use bailiwick_kernel::policy::permission;
use bailiwick_store::intents::{self, NewIntent};
use bailiwick_store::invitations;

use super::{InvitationAndChange, fact, list};
use crate::intents::{REVOKED, Revoke, Step as _, add, after_grace, send_now, subject};
use crate::members::act::{Act, conflict};
use crate::members::rules;
use crate::{Caller, Result};

/// Takes an invitation back, at once, and then at the provider. Who accepts it there meanwhile is
/// suspended until somebody decides.
///
/// # Errors
/// As [`Act::begin`]; `NOT_FOUND`; `PERMISSION_ROLE_INSUFFICIENT` for a role above the caller's;
/// `CONFLICT` where it is over.
pub async fn revoke(caller: &Caller, org: OrgId, id: InvitationId) -> Result<InvitationAndChange> {
    let mut act = Act::begin(caller, org, Some(permission::USERS_INVITE)).await?;
    let (app, now) = (act.app(), act.now);
    let row = invitations::lock(&mut act.tx, org, id).await?;
    let row = row.ok_or_else(Problem::not_found)?;
    if let Some(role) = app.pack().role(&row.role) {
        rules::reaches(app, &act.actor, role)?;
    }
    if row.status != "pending" {
        return Err(conflict("The invitation is over."));
    }
    invitations::set_status(&mut act.tx, id, "revoked", now).await?;
    let subject = subject::invitation(id);
    let replaced = intents::supersede(&mut act.tx, &subject, now).await?;
    let revoke = Revoke {
        org,
        clerk_org_id: act.clerk_org_id.clone(),
        invitation: id,
        sending: row.sending,
        clerk_invitation_id: row.clerk_invitation_id.clone(),
    };
    // The provider has not heard of one that was never sent.
    let intent = (replaced.was_attempted || row.clerk_invitation_id.is_some())
        .then(|| IntentId::from(app.env().uuid()));
    if let Some(id) = intent {
        let new = NewIntent {
            id,
            subject: &subject,
            kind: Revoke::KIND,
            payload: revoke.payload(),
            org: Some(org),
            requested_by: act.me(),
            holds: Some(REVOKED),
        };
        add(app, &mut act.tx, &new, after_grace(app)).await?;
    }
    act.record(
        "invitations.revoke",
        ("invitation", id.to_string()),
        Some(fact(&row)),
        Some(serde_json::json!({"role": row.role, "status": "revoked"})),
    );
    act.commit().await?;
    if let Some(intent) = intent {
        send_now(app, &subject, intent).await?;
    }
    list::find(app, org, id).await
}
