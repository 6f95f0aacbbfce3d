//! Another role for a member.

use bailiwick_kernel::id::{IntentId, OrgId, UserId};
use bailiwick_kernel::policy::permission;
use bailiwick_store::intents;
use bailiwick_store::memberships;
use serde_json::json;

use super::Changed;
use super::act::{Act, Target};
use super::rules::{self, Lower};
use crate::intents::membership::SetRole;
use crate::intents::{after_grace, send_now, subject};
use crate::{Caller, Result};

/// Gives a member another role. A lower one is in force at once and sent out then; a higher one is
/// asked of the provider first, and in force when it has agreed.
///
/// # Errors
/// As [`Act::begin`]; `NOT_FOUND` where they are no member; `PERMISSION_ROLE_INSUFFICIENT` where
/// the role, or theirs, is above the caller's; `CONFLICT_LAST_OWNER`.
pub async fn change_role(caller: &Caller, org: OrgId, user: UserId, role: &str) -> Result<Changed> {
    let mut act = Act::begin(caller, org, Some(permission::USERS_UPDATE)).await?;
    let target = act.target(user).await?;
    let wanted = act.role(role)?;
    // Whatever the policy lets them give to others.
    if user == act.me() && wanted > target.role {
        return Err(act.app().pack().beyond(wanted).into());
    }
    let before = json!({"role": target.row.role});
    let sent = if wanted > target.role {
        raise(&mut act, &target, role).await?
    } else {
        let lower = Lower {
            who: &target.who,
            row: &target.row,
            role: wanted,
            requested_by: act.me(),
        };
        let sent = lower.apply(act.app(), &mut act.tx).await?;
        rules::keep_an_owner(act.app(), &mut act.tx, org, &target.row).await?;
        act.project(user, role, &target.row.status);
        sent
    };
    let after = json!({"role": role});
    act.record(
        "memberships.update",
        ("membership", user.to_string()),
        Some(before),
        Some(after),
    );
    act.commit().await?;
    finish(caller, org, user, sent).await
}

/// A role that is more than they have. Where the provider cannot tell the two apart, it is in force
/// at once.
async fn raise(act: &mut Act<'_>, target: &Target, role: &str) -> Result<Option<IntentId>> {
    let app = act.app();
    let subject = subject::member(act.org, target.who.user);
    let replaced = intents::supersede(&mut act.tx, &subject, act.now).await?;
    let wanted = app.pack().role(role).unwrap_or(target.role);
    let outbound = app.inner().provider_roles.outbound(wanted);
    if outbound == target.row.provider_role && !replaced.any {
        let id = target.row.id;
        memberships::set_role(&mut act.tx, id, role, outbound, act.now).await?;
        act.project(target.who.user, role, &target.row.status);
        return Ok(None);
    }
    let set = SetRole {
        gives: true,
        unsettles: replaced.any,
        ..SetRole::of(&target.who, &target.row, role)
    };
    let (me, at) = (act.me(), after_grace(app));
    let id = set.add(app, &mut act.tx, me, at).await?;
    Ok(Some(id))
}

/// Sends what there is to send.
pub(super) async fn finish(
    caller: &Caller,
    org: OrgId,
    user: UserId,
    sent: Option<IntentId>,
) -> Result<Changed> {
    let Some(id) = sent else {
        return Ok(Changed::here(user));
    };
    let (progress, error) = send_now(&caller.app, &subject::member(org, user), id).await?;
    Ok(Changed {
        user,
        progress,
        error,
    })
}
