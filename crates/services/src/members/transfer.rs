//! An owner hands the organization over.

use bailiwick_kernel::id::{IntentId, OrgId, UserId};
use bailiwick_kernel::{Code, Problem};
use bailiwick_store::intents::{self, NewIntent};
use bailiwick_store::memberships;
use serde_json::json;

use super::act::{Act, conflict};
use super::rules::Lower;
use super::{Changed, role};
use crate::idempotency::IdempotencyKey;
use crate::intents::membership::{SetRole, Transfer};
use crate::intents::{Progress, Step as _, add, after_grace, subject};
use crate::{Caller, Result};

/// Makes another member the owner, and the caller the next lower, in one step: nobody is without
/// an owner in between.
///
/// # Errors
/// As [`Act::begin`]; `PERMISSION_ROLE_INSUFFICIENT` for who is no owner; `NOT_FOUND` where the
/// other is no active member; `CONFLICT` for oneself; `IDEMPOTENCY_MISMATCH`.
pub async fn transfer_ownership(
    caller: &Caller,
    org: OrgId,
    to: UserId,
    key: Option<&IdempotencyKey>,
) -> Result<Changed> {
    let mut act = Act::begin(caller, org, None).await?;
    let (app, me) = (act.app(), act.me());
    let first = act
        .repeated(key, "organizations.transfer", to.uuid())
        .await?;
    if first.is_some() {
        drop(act);
        let theirs = Changed::again(app, org, to).await?;
        if theirs.progress != Progress::Done {
            return Ok(theirs);
        }
        let mine = Changed::again(app, org, me).await?;
        return Ok(Changed { user: to, ..mine });
    }
    let pack = app.pack();
    let top = pack.top_role();
    if act.actor.role() != Some(top) {
        return Err(Problem::new(Code::PermissionRoleInsufficient).into());
    }
    if me == to {
        return Err(conflict("The caller is the owner already."));
    }
    let mine = act.member(me).await?;
    let theirs = act.member(to).await?;
    if theirs.row.status != "active" {
        return Err(conflict("The other is suspended."));
    }
    let next = pack.roles().rev().nth(1).unwrap_or(top);
    let (top_key, next_key) = (pack.role_key(top), pack.role_key(next));
    let subject = subject::member(org, to);
    let replaced = intents::supersede(&mut act.tx, &subject, act.now).await?;
    let outbound = app.inner().provider_roles.outbound(top);
    let sent = if outbound == theirs.row.provider_role && !replaced.any {
        let (id, now) = (theirs.row.id, act.now);
        memberships::set_role(&mut act.tx, id, top_key, outbound, now).await?;
        let lower = Lower {
            who: &mine.who,
            row: &mine.row,
            role: next,
            requested_by: me,
        };
        let own = lower.apply(app, &mut act.tx).await?;
        act.project(to, top_key, "active");
        act.project(me, next_key, "active");
        own.map(|id| (me, id))
    } else {
        let transfer = Transfer {
            set: SetRole {
                gives: true,
                unsettles: replaced.any,
                ..SetRole::of(&theirs.who, &theirs.row, top_key)
            },
            from: me,
            clerk_from: mine.who.clerk_user_id.clone(),
            from_role: next_key.to_owned(),
        };
        let id = IntentId::from(app.env().uuid());
        let new = NewIntent {
            id,
            subject: &subject,
            kind: Transfer::KIND,
            payload: transfer.payload(),
            org: Some(org),
            requested_by: me,
            holds: Some(top_key),
        };
        add(app, &mut act.tx, &new, after_grace(app)).await?;
        Some((to, id))
    };
    act.record(
        "organizations.transfer",
        ("organization", org.to_string()),
        Some(json!({"ownerId": me})),
        Some(json!({"ownerId": to})),
    );
    act.commit().await?;
    let (about, id) = sent.map_or((to, None), |(user, id)| (user, Some(id)));
    let changed = role::finish(caller, org, about, id).await?;
    Ok(Changed {
        user: to,
        ..changed
    })
}
