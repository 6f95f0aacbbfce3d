//! Roles at the provider.

use bailiwick_clerk::api::ApiError;
use bailiwick_clerk::resources::Membership;
use bailiwick_kernel::id::{IntentId, OrgId, UserId};
use bailiwick_kernel::policy::RoleId;
use bailiwick_pg::Tx;
use bailiwick_store::audit::Fact;
use bailiwick_store::intents::{self, Claimed, NewIntent};
use bailiwick_store::memberships::{self, Change, Locked};
use bailiwick_store::tombstones::{self, Kind};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Step, add, refusal, subject};
use crate::members::rules;
use crate::sync::organizations::step_in_as;
use crate::sync::{Work, fetch};
use crate::{App, Error, Result};

/// The organization and the member, as both sides name them.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Who {
    pub org: OrgId,
    pub clerk_org_id: String,
    pub user: UserId,
    pub clerk_user_id: String,
}

/// A member gets another role.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct SetRole {
    #[serde(flatten)]
    pub who: Who,
    pub role: String,
    /// Whether it is more than they had. Then it is given here once the provider has; else it was
    /// taken here already.
    pub gives: bool,
    /// Whether it replaced a decision that the provider may not have heard of. Where it comes to
    /// nothing, the provider is told what is here.
    pub unsettles: bool,
    /// What they had, for where the provider refuses to take it.
    pub before: String,
    pub provider_before: String,
}

/// An owner makes somebody else the owner.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Transfer {
    #[serde(flatten)]
    pub set: SetRole,
    pub from: UserId,
    pub clerk_from: String,
    /// What they are from then on.
    pub from_role: String,
}

impl SetRole {
    /// A role for a member who is what `row` says. It gives nothing, and no decision was replaced
    /// by it.
    pub(crate) fn of(who: &Who, row: &Locked, role: &str) -> Self {
        Self {
            who: who.clone(),
            role: role.to_owned(),
            gives: false,
            unsettles: false,
            before: row.role.clone(),
            provider_before: row.provider_role.clone(),
        }
    }

    /// Has it sent, by a job at `at` where nobody did before. Until the provider has agreed the
    /// membership is held at the role.
    pub(crate) async fn add(
        &self,
        app: &App,
        tx: &mut Tx,
        requested_by: UserId,
        at: Timestamp,
    ) -> Result<IntentId> {
        let id = IntentId::from(app.env().uuid());
        let new = NewIntent {
            id,
            subject: &subject::member(self.who.org, self.who.user),
            kind: Self::KIND,
            payload: self.payload(),
            org: Some(self.who.org),
            requested_by,
            holds: Some(&self.role),
        };
        add(app, tx, &new, at).await?;
        Ok(id)
    }
}

impl Step for SetRole {
    const KIND: &'static str = "membership.role";
}

impl Step for Transfer {
    const KIND: &'static str = "membership.transfer";
}

/// Sends a change of role.
pub(super) async fn set_role(app: &App, claimed: &Claimed) -> Result<()> {
    let set = SetRole::read(claimed)?;
    match tell_role(app, claimed, &set).await? {
        Some(Ok(said)) => confirm(app, claimed, &set, &said, None).await,
        Some(Err(error)) => refused_role(app, claimed, &set, &error).await,
        None => Ok(()),
    }
}

/// Sends a transfer of ownership: the new owner first, so that there is one at each moment.
pub(super) async fn transfer(app: &App, claimed: &Claimed) -> Result<()> {
    let transfer = Transfer::read(claimed)?;
    match tell_role(app, claimed, &transfer.set).await? {
        Some(Ok(said)) => confirm(app, claimed, &transfer.set, &said, Some(&transfer)).await,
        Some(Err(error)) => refused_role(app, claimed, &transfer.set, &error).await,
        None => Ok(()),
    }
}

/// Asks the provider for the role. None where its requester may not give it any more.
async fn tell_role(
    app: &App,
    claimed: &Claimed,
    set: &SetRole,
) -> Result<Option<Result<Membership, ApiError>>> {
    let role = known_role(app, &set.role)?;
    // At the first try the decision is a moment old.
    if set.gives && claimed.attempt > 1 && !still_may(app, claimed, set, role).await? {
        return Ok(None);
    }
    let outbound = app.inner().provider_roles.outbound(role);
    let Who {
        clerk_org_id,
        clerk_user_id,
        ..
    } = &set.who;
    match app
        .clerk()
        .update_membership(clerk_org_id, clerk_user_id, outbound)
        .await
    {
        Err(error) if !error.is_refusal() => Err(error.into()),
        answer => Ok(Some(answer)),
    }
}

fn known_role(app: &App, key: &str) -> Result<RoleId> {
    let role = app.pack().role(key);
    role.ok_or_else(|| Error::Inconsistent(format!("an intent has the unknown role {key}")))
}

/// Whether who asked for it could ask for it now; where not, the intent fails.
async fn still_may(app: &App, claimed: &Claimed, set: &SetRole, role: RoleId) -> Result<bool> {
    let who = &set.who;
    let Some(mut tx) = begin(app, claimed, &who.clerk_org_id).await? else {
        return Ok(false);
    };
    let actor = match claimed.requested_by {
        Some(user) => rules::standing(app, &mut tx, user, who.org).await?,
        None => None,
    };
    let may = actor.is_some_and(|actor| app.pack().may_assign(&actor, role));
    if !may {
        let now = app.env().now();
        let reason = Some("not_allowed_any_more");
        intents::settle(&mut tx, claimed.id, "failed", reason, now).await?;
        let row = memberships::lock(&mut tx, who.user, who.org).await?;
        if let Some(row) = row.filter(|row| row.status != "removed") {
            tell_again(app, &mut tx, claimed, set, &row).await?;
        }
    }
    tx.commit().await?;
    Ok(may)
}

/// What was to be given comes to nothing. Where it replaced a decision that the provider may not
/// have heard of, it hears now what is here.
async fn tell_again(
    app: &App,
    tx: &mut Tx,
    claimed: &Claimed,
    set: &SetRole,
    row: &Locked,
) -> Result<()> {
    if !set.unsettles {
        return Ok(());
    }
    let lower = rules::Lower {
        who: &set.who,
        row,
        role: known_role(app, &row.role)?,
        requested_by: claimed.requested_by.unwrap_or(set.who.user),
    };
    lower.tell_again(app, tx).await
}

/// The transaction that ends an intent, under the organization's lock; none where the intent has
/// been replaced meanwhile.
pub(super) async fn begin(app: &App, claimed: &Claimed, clerk_org_id: &str) -> Result<Option<Tx>> {
    let mut tx = app.store().control().await?;
    tombstones::lock(&mut tx, Kind::Organization, clerk_org_id).await?;
    let is_ours = intents::lock_claimed(&mut tx, claimed).await?;
    Ok(is_ours.then_some(tx))
}

/// The provider has the role: so have we, unless it says something newer by now.
async fn confirm(
    app: &App,
    claimed: &Claimed,
    set: &SetRole,
    said: &Membership,
    transfer: Option<&Transfer>,
) -> Result<()> {
    let Some(mut tx) = begin(app, claimed, &set.who.clerk_org_id).await? else {
        return Ok(());
    };
    let now = app.env().now();
    let (user, org) = (set.who.user, set.who.org);
    let row = memberships::lock(&mut tx, user, org).await?;
    let Some(row) = row.filter(|row| row.status != "removed") else {
        intents::settle(&mut tx, claimed.id, "failed", Some("not_a_member"), now).await?;
        return Ok(tx.commit().await?);
    };
    let at = said.updated_at.unwrap_or(now);
    let is_outdated = row.clerk_updated_at > at && row.provider_role != said.role;
    if is_outdated {
        intents::settle(&mut tx, claimed.id, "done", None, now).await?;
        return Ok(tx.commit().await?);
    }
    write(&mut tx, &row, &set.role, said, now).await?;
    let from = match transfer {
        Some(transfer) => step_down(app, &mut tx, transfer, claimed).await?,
        None => None,
    };
    intents::settle(&mut tx, claimed.id, "done", None, now).await?;
    let mut work = step_in_as(app, tx, org, "intents.send").await?;
    if row.role != set.role {
        let after = Some(&set.role);
        record(app, &mut work, claimed, user, &row, after).await?;
    }
    if let Some((row, role)) = from {
        let user = transfer.map_or(user, |transfer| transfer.from);
        record(app, &mut work, claimed, user, &row, Some(&role)).await?;
    }
    work.commit().await
}

/// What the provider says, with the role that we mean by it.
pub(super) async fn write(
    tx: &mut Tx,
    row: &Locked,
    role: &str,
    said: &Membership,
    now: Timestamp,
) -> Result<()> {
    let at = said.updated_at.unwrap_or(now);
    let change = Change {
        clerk_membership_id: Some(&said.id),
        role,
        provider_role: &said.role,
        updated_at: at.max(row.clerk_updated_at),
        status: known_status(&row.status),
        invited_by: None,
    };
    Ok(memberships::update(tx, row.id, &change, now).await?)
}

fn known_status(status: &str) -> &'static str {
    match status {
        "suspended" => "suspended",
        "pending" => "pending",
        _ => "active",
    }
}

/// The old owner's new role, in the transaction that makes the new one. Where the provider tells
/// the two apart, it is told next.
async fn step_down(
    app: &App,
    tx: &mut Tx,
    transfer: &Transfer,
    claimed: &Claimed,
) -> Result<Option<(Locked, String)>> {
    let who = Who {
        user: transfer.from,
        clerk_user_id: transfer.clerk_from.clone(),
        ..transfer.set.who.clone()
    };
    let row = memberships::lock(tx, who.user, who.org).await?;
    let is_owner = |row: &Locked| row.role == transfer.set.role && row.status != "removed";
    let Some(row) = row.filter(is_owner) else {
        return Ok(None);
    };
    let requested_by = claimed.requested_by.unwrap_or(who.user);
    let lower = rules::Lower {
        who: &who,
        row: &row,
        role: known_role(app, &transfer.from_role)?,
        requested_by,
    };
    lower.apply(app, tx).await?;
    Ok(Some((row, transfer.from_role.clone())))
}

/// Projection and fact of a change that an intent brought about.
async fn record(
    app: &App,
    work: &mut Work,
    claimed: &Claimed,
    user: UserId,
    before: &Locked,
    after: Option<&String>,
) -> Result<()> {
    let (role, status) = match after {
        Some(role) => (role.as_str(), before.status.as_str()),
        None => (before.role.as_str(), "removed"),
    };
    work.project(app, user, role, status).await?;
    let view = |role: &str, status: &str| -> Value { json!({"role": role, "status": status}) };
    let object = user.to_string();
    let fact = Fact {
        actor: claimed.requested_by,
        before: Some(view(&before.role, &before.status)),
        after: Some(view(role, status)),
        ..Fact::impersonal(
            app.env(),
            "system",
            "memberships.update",
            ("membership", &object),
        )
    };
    work.record(app, &fact).await
}

/// The provider does not take the role. What was to be given never was; what was taken here is
/// given back, since the provider has it still.
async fn refused_role(app: &App, claimed: &Claimed, set: &SetRole, error: &ApiError) -> Result<()> {
    let theirs = fetch::find(app, &set.who.clerk_user_id, &set.who.clerk_org_id).await?;
    let Some(mut tx) = begin(app, claimed, &set.who.clerk_org_id).await? else {
        return Ok(());
    };
    let now = app.env().now();
    let (user, org) = (set.who.user, set.who.org);
    intents::settle(&mut tx, claimed.id, "failed", Some(&refusal(error)), now).await?;
    let row = memberships::lock(&mut tx, user, org).await?;
    let Some(row) = row.filter(|row| row.status != "removed") else {
        return Ok(tx.commit().await?);
    };
    let after = match &theirs {
        None => {
            memberships::remove(&mut tx, row.id, row.clerk_updated_at, now).await?;
            None
        }
        Some(_) if set.gives => {
            tell_again(app, &mut tx, claimed, set, &row).await?;
            return Ok(tx.commit().await?);
        }
        Some(_) if row.role != set.role => return Ok(tx.commit().await?),
        Some(said) => {
            let local = (said.role == set.provider_before).then_some(&set.before);
            let local = local.and_then(|key| app.pack().role(key));
            let roles = &app.inner().provider_roles;
            let role = app.pack().reconcile(roles, local, &said.role).role;
            let role = app.pack().role_key(role).to_owned();
            write(&mut tx, &row, &role, said, now).await?;
            Some(role)
        }
    };
    tracing::warn!(userId = %user, tenantId = %org, "the provider refused a change of role");
    let mut work = step_in_as(app, tx, org, "intents.send").await?;
    record(app, &mut work, claimed, user, &row, after.as_ref()).await?;
    work.commit().await
}
