//! Another mail for an invitation. The provider knows no such thing: the old one is taken back and a
//! new one made, so the link of the old mail ends.

use bailiwick_kernel::id::{InvitationId, OrgId};
use bailiwick_kernel::policy::permission;
use bailiwick_kernel::{Code, Problem};
use bailiwick_store::{intents, invitations};

use super::{InvitationAndChange, again, check_rate, enqueue, fact, finish, seats};
use crate::idempotency::IdempotencyKey;
use crate::intents::{after_grace, subject};
use crate::members::act::{Act, conflict};
use crate::{Caller, Result};

/// Sends an open or expired invitation anew.
///
/// # Errors
/// As [`Act::begin`]; `NOT_FOUND`; `PERMISSION_ROLE_INSUFFICIENT` for a role above the caller's;
/// `CONFLICT` where it is over otherwise; `CONFLICT_ALREADY_EXISTS` where the address is invited
/// anew or a member's by now; `PLAN_LIMIT_EXCEEDED` for one that was over; `RATE_LIMITED`;
/// `IDEMPOTENCY_MISMATCH`.
pub async fn resend(
    caller: &Caller,
    org: OrgId,
    id: InvitationId,
    key: Option<&IdempotencyKey>,
) -> Result<InvitationAndChange> {
    let mut act = Act::begin(caller, org, Some(permission::USERS_INVITE)).await?;
    let first = act.repeated(key, "invitations.resend", id.uuid()).await?;
    if first.is_some() {
        drop(act);
        return again(caller, org, id).await;
    }
    let row = invitations::lock(&mut act.tx, org, id).await?;
    let row = row.ok_or_else(Problem::not_found)?;
    let role = act.role(&row.role)?;
    let now = act.now;
    let is_open = row.status_at(now) == "pending";
    if !is_open && !matches!(row.status_at(now), "expired" | "failed") {
        return Err(conflict("The invitation is over."));
    }
    check_rate(&mut act, 1).await?;
    let other = invitations::lock_open(&mut act.tx, org, &row.email).await?;
    let is_member = invitations::is_member(&mut act.tx, org, &row.email).await?;
    if is_member || other.is_some_and(|other| other.id != id) {
        return Err(Problem::new(Code::ConflictAlreadyExists).into());
    }
    if !is_open {
        seats::check(&mut act).await?;
    }
    let subject = subject::invitation(id);
    intents::supersede(&mut act.tx, &subject, now).await?;
    let outbound = act.app().inner().provider_roles.outbound(role).to_owned();
    let sending = invitations::send_again(&mut act.tx, id, &outbound, now).await?;
    let replaces = row.clerk_invitation_id.clone();
    let at = after_grace(act.app());
    let intent = enqueue(&mut act, (id, sending), replaces, at).await?;
    act.record(
        "invitations.resend",
        ("invitation", id.to_string()),
        Some(fact(&row)),
        Some(serde_json::json!({"role": row.role, "status": "pending", "sending": sending})),
    );
    act.commit().await?;
    finish(caller, org, id, intent).await
}
