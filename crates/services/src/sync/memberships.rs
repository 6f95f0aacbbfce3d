//! Memberships: whether somebody belongs somewhere is the provider's word; the finer role is ours.

use bailiwick_clerk::resources::Membership;
use bailiwick_kernel::id::{MembershipId, OrgId, UserId};
use bailiwick_kernel::policy::RoleId;
use bailiwick_pg::Tx;
use bailiwick_store::invitations::{self, Invitation};
use bailiwick_store::memberships::{self, Change};
use bailiwick_store::tombstones::{self, Kind};
use bailiwick_store::{intents, organizations, users};
use jiff::SignedDuration;
use serde_json::json;

use super::organizations::step_in;
use super::{Outcome, Parent, Word, Work, key_hash};
use crate::intents::{REMOVED, subject};
use crate::invitations::Seats;
use crate::{App, Result};

/// The creator's membership is made together with the organization.
const CREATORS_JOIN_WITHIN: SignedDuration = SignedDuration::from_secs(60);

/// A membership was created or changed. `user` names the member where the resource does not.
///
/// # Errors
/// The database's.
pub async fn apply(
    app: &App,
    mut tx: Tx,
    membership: &Membership,
    user: Option<&str>,
    word: Word,
) -> Result<Outcome> {
    let clerk_user_id = member_of(membership, user)?;
    let clerk_org_id = &membership.organization.id;
    let now = app.env().now();
    tombstones::lock(&mut tx, Kind::Organization, clerk_org_id).await?;
    let key = tombstone_key(clerk_user_id, clerk_org_id);
    let buried = tombstones::find(&mut tx, Kind::Membership, &key).await?;
    let is_buried = |deleted| !word.is_compared() && !word.counts_over(deleted);
    if buried.is_some_and(is_buried) || is_gone(&mut tx, clerk_user_id, clerk_org_id).await? {
        tx.commit().await?;
        return Ok(Outcome::Stale);
    }
    let Some(org) = organizations::lock(&mut tx, clerk_org_id).await? else {
        return Ok(Outcome::Missing(Parent::Organization(clerk_org_id.clone())));
    };
    let Some(user) = users::lock(&mut tx, clerk_user_id).await? else {
        return Ok(Outcome::Missing(Parent::User(clerk_user_id.to_owned())));
    };
    if user.is_deleted {
        tx.commit().await?;
        return Ok(Outcome::Stale);
    }
    let existing = memberships::lock(&mut tx, user.id, org.id).await?;
    let here = existing.as_ref().map(|row| row.clerk_updated_at);
    // What ended at this very time, and was not said to: it is back.
    let is_back = existing.as_ref().is_some_and(|row| row.status == "removed")
        && here == Some(word.at)
        && buried < here;
    if !is_back && here.max(buried).is_some_and(|here| !word.counts_over(here)) {
        tx.commit().await?;
        return Ok(Outcome::Stale);
    }
    // What was taken away here stays so while the provider has not heard of it.
    let hold = intents::hold(&mut tx, &subject::member(org.id, user.id)).await?;
    if hold.as_deref() == Some(REMOVED) {
        tx.commit().await?;
        return Ok(Outcome::Stale);
    }
    let known = existing.as_ref().filter(|row| row.status != "removed");
    let invitation = match known {
        Some(_) => None,
        None => invited(&mut tx, org.id, (user.id, clerk_user_id), &membership.role).await?,
    };
    // The finer local role outlives what the provider repeats, not what it changes: who is demoted
    // there is demoted here, whatever the image of the local role is.
    let repeated = known.filter(|row| row.provider_role == membership.role);
    let local = repeated
        .map(|row| &row.role)
        .or(invitation.as_ref().map(|i| &i.role));
    let local = local.and_then(|key| app.pack().role(key));
    let is_creator =
        org.created_by.as_deref() == Some(clerk_user_id) && is_as_old_as_its_org(membership);
    let role = role(app, local, &membership.role, is_creator);
    let held_to = hold.as_deref().and_then(|key| app.pack().role(key));
    let role = held_to.map_or(role, |most| role.min(most));
    let role_key = app.pack().role_key(role).to_owned();
    let status = status(app, &mut tx, known, invitation.as_ref(), (user.id, org.id)).await?;
    if let Some(row) = known
        && row.role == role_key
        && row.provider_role == membership.role
        && row.status == status
        && row.clerk_membership_id.as_ref() == Some(&membership.id)
    {
        memberships::touch(&mut tx, row.id, word.at).await?;
        tx.commit().await?;
        return Ok(Outcome::Stale);
    }
    let change = Change {
        clerk_membership_id: Some(&membership.id),
        role: &role_key,
        provider_role: &membership.role,
        updated_at: word.at,
        status,
        invited_by: invitation.as_ref().and_then(|i| i.invited_by),
    };
    let action = match &existing {
        Some(row) => {
            memberships::update(&mut tx, row.id, &change, now).await?;
            "memberships.update"
        }
        None => {
            let id = MembershipId::from(app.env().uuid());
            memberships::insert(&mut tx, id, user.id, org.id, &change, now).await?;
            "memberships.create"
        }
    };
    if let Some(invitation) = &invitation {
        super::invitations::use_up(&mut tx, invitation, now).await?;
    }
    let crowded = match known {
        Some(_) => None,
        None => Seats::exceeded(app, &mut tx, org.id).await?,
    };
    let whose = (user.id, org.id);
    let mut work = changed(app, tx, word, action, whose, (&role_key, status)).await?;
    if let Some(seats) = crowded {
        seats.tell(app, &mut work, word.origin(), org.id).await?;
    }
    work.commit().await?;
    Ok(Outcome::Done)
}

/// The invitation by which somebody comes, if there is one.
async fn invited(
    tx: &mut Tx,
    org: OrgId,
    (user, clerk_user_id): (UserId, &str),
    provider_role: &str,
) -> Result<Option<Invitation>> {
    let emails = users::find_acting(tx, user).await?;
    let emails = emails.map(|user| user.emails).unwrap_or_default();
    let found =
        invitations::lock_for_member(tx, org, clerk_user_id, &emails, provider_role).await?;
    let Some(found) = found else { return Ok(None) };
    // One that was taken back long ago brings nobody; one that is just being taken back does, and
    // they wait for somebody's decision.
    let is_dead = found.status == "revoked"
        && intents::hold(tx, &subject::invitation(found.id))
            .await?
            .is_none();
    Ok((!is_dead).then_some(found))
}

/// Whether the membership gives access: a suspended one stays so, and where people are in one
/// organization at most, a second one waits.
async fn status(
    app: &App,
    tx: &mut Tx,
    known: Option<&memberships::Locked>,
    invitation: Option<&Invitation>,
    (user, org): (UserId, OrgId),
) -> Result<&'static str> {
    if known.is_some_and(|row| row.status == "suspended")
        || invitation.is_some_and(|invitation| invitation.status == "revoked")
    {
        return Ok("suspended");
    }
    let is_settled = known.is_some_and(|row| row.status == "active");
    let is_second = app.settings().single_org_membership
        && !is_settled
        && memberships::is_elsewhere(tx, user, org).await?;
    Ok(if is_second { "pending" } else { "active" })
}

/// The provider's id of the member.
fn member_of<'a>(membership: &'a Membership, user: Option<&'a str>) -> Result<&'a str> {
    membership.user_id().or(user).ok_or_else(|| {
        crate::Error::Inconsistent(format!("membership {} has no user", membership.id))
    })
}

/// The projection and the fact, in the same transaction.
async fn changed(
    app: &App,
    tx: Tx,
    word: Word,
    action: &str,
    (user, org): (UserId, OrgId),
    (role, status): (&str, &str),
) -> Result<Work> {
    let mut work = step_in(app, tx, org).await?;
    work.project(app, user, role, status).await?;
    let after = json!({"userId": user, "role": role, "status": status});
    let object = user.to_string();
    work.audit(app, word, action, ("membership", &object), Some(after))
        .await?;
    Ok(work)
}

/// The role here. Who made the organization owns it, for as long as the provider says no less
/// than it says of creators.
fn role(app: &App, local: Option<RoleId>, provider_role: &str, is_creator: bool) -> RoleId {
    let pack = app.pack();
    let roles = &app.inner().provider_roles;
    let found = pack.reconcile(roles, local, provider_role);
    if !found.known {
        metrics::counter!("provider_role_unknown").increment(1);
        tracing::warn!(
            role = provider_role,
            "the provider's role is unknown; read as the least"
        );
    }
    let top = pack.top_role();
    let says_creator = pack.inbound(provider_role).role >= pack.inbound(roles.outbound(top)).role;
    if local.is_none() && is_creator && found.known && says_creator {
        top
    } else {
        found.role
    }
}

/// Whether this is the membership that came with the organization. Who made it, was removed and
/// comes again owns nothing by having made it once.
fn is_as_old_as_its_org(membership: &Membership) -> bool {
    match (membership.created_at, membership.organization.created_at) {
        (Some(joined), Some(made)) => joined.duration_since(made) <= CREATORS_JOIN_WITHIN,
        _ => true,
    }
}

async fn is_gone(tx: &mut Tx, clerk_user_id: &str, clerk_org_id: &str) -> Result<bool> {
    let user = tombstones::find(tx, Kind::User, &key_hash(clerk_user_id)).await?;
    let org = tombstones::find(tx, Kind::Organization, &key_hash(clerk_org_id)).await?;
    Ok(user.is_some() || org.is_some())
}

pub(crate) fn tombstone_key(clerk_user_id: &str, clerk_org_id: &str) -> Vec<u8> {
    key_hash(&format!("{clerk_org_id}:{clerk_user_id}"))
}

/// A membership ended: its version moves, so the door refuses whoever knew it.
///
/// # Errors
/// The database's.
pub async fn delete(app: &App, tx: Tx, membership: &Membership, word: Word) -> Result<Outcome> {
    let clerk_user_id = member_of(membership, None)?;
    end(app, tx, (&membership.organization.id, clerk_user_id), word).await
}

/// The membership in this organization of this user, by the provider's ids, ended.
///
/// # Errors
/// The database's.
pub async fn end(
    app: &App,
    mut tx: Tx,
    (clerk_org_id, clerk_user_id): (&str, &str),
    word: Word,
) -> Result<Outcome> {
    let (at, now) = (word.at, app.env().now());
    tombstones::lock(&mut tx, Kind::Organization, clerk_org_id).await?;
    let user = users::lock(&mut tx, clerk_user_id).await?;
    let org = organizations::lock(&mut tx, clerk_org_id).await?;
    let whose = user.zip(org).map(|(user, org)| (user.id, org.id));
    let existing = match whose {
        Some((user, org)) => memberships::lock(&mut tx, user, org).await?,
        None => None,
    };
    let lasting = existing.filter(|row| row.status != "removed");
    let ends = lasting
        .as_ref()
        .is_none_or(|row| word.ends(row.clerk_updated_at));
    if ends || !word.is_compared() {
        let key = tombstone_key(clerk_user_id, clerk_org_id);
        tombstones::bury(&mut tx, Kind::Membership, &key, at).await?;
    }
    let (Some(row), Some(whose), true) = (lasting, whose, ends) else {
        tx.commit().await?;
        return Ok(Outcome::Stale);
    };
    memberships::remove(&mut tx, row.id, at, now).await?;
    let state = (row.role.as_str(), "removed");
    let work = changed(app, tx, word, "memberships.delete", whose, state).await?;
    work.commit().await?;
    Ok(Outcome::Done)
}

/// Brings one member's projection up to date with the membership, as it is now.
///
/// # Errors
/// The database's.
pub async fn project(app: &App, org: OrgId, user: UserId) -> Result<()> {
    let now = app.env().now();
    let mut tx = app.store().control().await?;
    // Provisioning takes the same lock: what it is about to project, this sees afterwards.
    if let Some(key) = organizations::clerk_org_id(&mut tx, org).await? {
        tombstones::lock(&mut tx, Kind::Organization, &key).await?;
    }
    let Some(row) = memberships::lock(&mut tx, user, org).await? else {
        return Ok(());
    };
    let mut work = step_in(app, tx, org).await?;
    if let Work::Tenant(tenant) = &mut work {
        tenant
            .project_member(user, &row.role, &row.status, now)
            .await?;
    }
    work.commit().await
}
