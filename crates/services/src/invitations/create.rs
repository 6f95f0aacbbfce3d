//! One invitation.

use bailiwick_kernel::id::{InvitationId, OrgId};
use bailiwick_kernel::policy::permission;
use bailiwick_kernel::{Code, Problem};
use bailiwick_store::invitations::{self, Invitation};
use bailiwick_store::{memberships, users};
use jiff::Timestamp;

use super::{InvitationAndChange, NewInvitation, again, check_rate, enqueue, fact, finish, seats};
use crate::idempotency::IdempotencyKey;
use crate::intents::after_grace;
use crate::members::act::Act;
use crate::{Caller, Result};

/// Invites an address.
///
/// # Errors
/// As [`Act::begin`]; `PERMISSION_ROLE_INSUFFICIENT` for a role above the caller's;
/// `CONFLICT_ALREADY_EXISTS` where the address is invited or a member's; `PLAN_LIMIT_EXCEEDED`;
/// `RATE_LIMITED`; `IDEMPOTENCY_MISMATCH`; what the provider refuses.
pub async fn create(
    caller: &Caller,
    org: OrgId,
    new: &NewInvitation,
    key: Option<&IdempotencyKey>,
) -> Result<InvitationAndChange> {
    let mut act = Act::begin(caller, org, Some(permission::USERS_INVITE)).await?;
    let id = InvitationId::from(act.app().env().uuid());
    if let Some(first) = act.repeated(key, "invitations.create", id.uuid()).await? {
        drop(act);
        return again(caller, org, first.resource.into()).await;
    }
    check_rate(&mut act, 1).await?;
    let row = insert(&mut act, id, new).await?;
    let at = after_grace(act.app());
    let intent = enqueue(&mut act, (row.id, row.sending), None, at).await?;
    act.commit().await?;
    finish(caller, org, row.id, intent).await
}

/// The row and the fact.
pub(super) async fn insert(
    act: &mut Act<'_>,
    id: InvitationId,
    new: &NewInvitation,
) -> Result<Invitation> {
    let (app, org, now) = (act.app(), act.org, act.now);
    let role = act.role(&new.role)?;
    let exists = |detail| -> Result<Invitation> {
        Err(Problem::new(Code::ConflictAlreadyExists)
            .detail(detail)
            .into())
    };
    if invitations::is_member(&mut act.tx, org, &new.email).await? {
        return exists("They are a member already.");
    }
    if app.settings().single_org_membership {
        for user in users::list_by_email(&mut act.tx, &new.email).await? {
            if memberships::is_elsewhere(&mut act.tx, user, org).await? {
                return exists("They are a member of another organization.");
            }
        }
    }
    invitations::expire(&mut act.tx, org, &new.email, now).await?;
    if invitations::lock_open(&mut act.tx, org, &new.email)
        .await?
        .is_some()
    {
        return exists("The address is invited already.");
    }
    seats::check(act).await?;
    let row = Invitation {
        id,
        org,
        clerk_invitation_id: None,
        email: new.email.clone(),
        role: new.role.clone(),
        provider_role: app.inner().provider_roles.outbound(role).to_owned(),
        status: "pending".to_owned(),
        sending: 1,
        invited_by: Some(act.me()),
        accepted_by: None,
        applied_at: None,
        expires_at: None,
        // Older than anything that the provider says of it.
        clerk_updated_at: Timestamp::UNIX_EPOCH,
        created_at: now,
    };
    // Under the organization's lock nobody can have come between.
    if !invitations::insert(&mut act.tx, &row, now).await? {
        return exists("The address is invited already.");
    }
    act.record(
        "invitations.create",
        ("invitation", row.id.to_string()),
        None,
        Some(fact(&row)),
    );
    Ok(row)
}
