//! Suspension: a member who may do nothing for a while. The provider knows no such thing, so it is
//! ours alone.

use bailiwick_kernel::id::{OrgId, UserId};
use bailiwick_kernel::policy::permission;
use bailiwick_store::memberships;
use serde_json::json;

use super::act::{Act, conflict};
use super::{Changed, rules};
use crate::idempotency::IdempotencyKey;
use crate::{Caller, Result};

/// Suspends a member: from the next request on they are let in nowhere in the organization.
///
/// # Errors
/// As [`Act::begin`]; `NOT_FOUND` where they are no member; `PERMISSION_ROLE_INSUFFICIENT` where
/// they stand above the caller; `CONFLICT` for oneself; `CONFLICT_LAST_OWNER`;
/// `IDEMPOTENCY_MISMATCH`.
pub async fn suspend(
    caller: &Caller,
    org: OrgId,
    user: UserId,
    key: Option<&IdempotencyKey>,
) -> Result<Changed> {
    let what = ("suspended", "memberships.suspend");
    set(caller, org, user, what, key).await
}

/// Lets a suspended member in again, as what they were.
///
/// # Errors
/// As [`suspend`].
pub async fn reactivate(
    caller: &Caller,
    org: OrgId,
    user: UserId,
    key: Option<&IdempotencyKey>,
) -> Result<Changed> {
    let what = ("active", "memberships.reactivate");
    set(caller, org, user, what, key).await
}

async fn set(
    caller: &Caller,
    org: OrgId,
    user: UserId,
    (status, action): (&'static str, &'static str),
    key: Option<&IdempotencyKey>,
) -> Result<Changed> {
    let mut act = Act::begin(caller, org, Some(permission::USERS_UPDATE)).await?;
    if act.repeated(key, action, user.uuid()).await?.is_some() {
        return Ok(Changed::here(user));
    }
    let target = act.target(user).await?;
    if act.me() == user && status == "suspended" {
        return Err(conflict("Nobody suspends themselves."));
    }
    if target.row.status == "pending" {
        return Err(conflict("They are a member of another organization."));
    }
    let (id, now) = (target.row.id, act.now);
    if target.row.status != status {
        memberships::set_status(&mut act.tx, id, status, now).await?;
        rules::keep_an_owner(act.app(), &mut act.tx, org, &target.row).await?;
        act.project(user, &target.row.role, status);
    }
    act.record(
        action,
        ("membership", user.to_string()),
        Some(json!({"status": target.row.status})),
        Some(json!({"status": status})),
    );
    act.commit().await?;
    Ok(Changed::here(user))
}
