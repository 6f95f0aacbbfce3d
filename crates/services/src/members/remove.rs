//! The end of a membership.

use bailiwick_kernel::id::{IntentId, OrgId, UserId};
use bailiwick_kernel::policy::permission;
use bailiwick_store::intents::{self, NewIntent};
use bailiwick_store::memberships;
use serde_json::json;

use super::act::{Act, Target};
use super::{Changed, rules};
use crate::intents::{REMOVED, Remove, Step as _, add, after_grace, subject};
use crate::{Caller, Result};

/// Takes a member out of the organization, at once, and then at the provider.
///
/// # Errors
/// As [`Act::begin`]; `NOT_FOUND` where they are no member; `PERMISSION_ROLE_INSUFFICIENT` where
/// they stand above the caller; `CONFLICT_LAST_OWNER`.
pub async fn remove(caller: &Caller, org: OrgId, user: UserId) -> Result<Changed> {
    let mut act = Act::begin(caller, org, Some(permission::USERS_REMOVE)).await?;
    let target = act.target(user).await?;
    end(act, target, "memberships.delete").await
}

/// The caller leaves the organization. Takes no permission.
///
/// # Errors
/// As [`Act::begin`]; `NOT_FOUND` for an operator who is no member; `CONFLICT_LAST_OWNER`.
pub async fn leave(caller: &Caller, org: OrgId) -> Result<Changed> {
    let mut act = Act::begin(caller, org, None).await?;
    let target = act.member(caller.user()).await?;
    end(act, target, "memberships.leave").await
}

async fn end(mut act: Act<'_>, target: Target, action: &'static str) -> Result<Changed> {
    let (app, org, caller) = (act.app(), act.org, act.caller);
    let user = target.who.user;
    let subject = subject::member(org, user);
    intents::supersede(&mut act.tx, &subject, act.now).await?;
    let row = &target.row;
    let (id, at, now) = (row.id, row.clerk_updated_at, act.now);
    memberships::remove(&mut act.tx, id, at, now).await?;
    rules::keep_an_owner(app, &mut act.tx, org, row).await?;
    let remove = Remove {
        who: target.who.clone(),
        role: row.role.clone(),
        status: row.status.clone(),
        grants: row.grants.clone(),
    };
    let intent = IntentId::from(app.env().uuid());
    let new = NewIntent {
        id: intent,
        subject: &subject,
        kind: Remove::KIND,
        payload: remove.payload(),
        org: Some(org),
        requested_by: act.me(),
        holds: Some(REMOVED),
    };
    add(app, &mut act.tx, &new, after_grace(app)).await?;
    act.project(user, &row.role, "removed");
    act.record(
        action,
        ("membership", user.to_string()),
        Some(json!({"role": row.role, "status": row.status})),
        None,
    );
    act.commit().await?;
    super::role::finish(caller, org, user, Some(intent)).await
}
