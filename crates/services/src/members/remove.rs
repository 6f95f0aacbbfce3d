//! The end of a membership.

use bailiwick_kernel::id::{IntentId, OrgId, UserId};
use bailiwick_kernel::policy::permission;
use bailiwick_store::idempotency::{self, Claim};
use bailiwick_store::intents::{self, NewIntent};
use bailiwick_store::tenant::open_beside;
use bailiwick_store::{memberships, placements};
use serde_json::json;

use super::act::{Act, Target};
use super::{Changed, rules};
use crate::idempotency::IdempotencyKey;
use crate::intents::{REMOVED, Remove, Step as _, add, after_grace, subject};
use crate::{Caller, Error, Result};

/// The operation of who leaves.
const LEAVE: &str = "memberships.leave";

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
/// As [`Act::begin`]; `NOT_FOUND` for an operator who is no member; `CONFLICT_LAST_OWNER`;
/// `IDEMPOTENCY_MISMATCH`.
pub async fn leave(caller: &Caller, org: OrgId, key: Option<&IdempotencyKey>) -> Result<Changed> {
    let me = caller.user();
    let mut act = match Act::begin(caller, org, None).await {
        Ok(act) => act,
        // Who has left is let in no more, and is answered as the first time.
        Err(Error::Problem(refusal)) => {
            return match key {
                Some(key) if has_left(caller, org, key).await? => {
                    Changed::again(&caller.app, org, me).await
                }
                _ => Err(refusal.into()),
            };
        }
        Err(fault) => return Err(fault),
    };
    if act.repeated(key, LEAVE, me.uuid()).await?.is_some() {
        drop(act);
        return Changed::again(&caller.app, org, me).await;
    }
    let target = act.member(me).await?;
    end(act, target, LEAVE).await
}

/// Whether the caller has left the organization with this key.
async fn has_left(caller: &Caller, org: OrgId, key: &IdempotencyKey) -> Result<bool> {
    let app = &caller.app;
    let mut tx = app.store().control().await?;
    let Some(placement) = placements::find(&mut tx, org).await? else {
        return Ok(false);
    };
    open_beside(&mut tx, &placement, "idempotency").await?;
    let key = key.of(caller.user(), LEAVE);
    let found = idempotency::find(&mut tx, org, &key, app.env().now()).await?;
    Ok(matches!(found, Some(Claim::Repeated(_))))
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
