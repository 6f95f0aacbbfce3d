//! Memberships: whether somebody belongs somewhere is the provider's word; the finer role is ours.

use bailiwick_clerk::resources::Membership;
use bailiwick_kernel::id::{MembershipId, OrgId, UserId};
use bailiwick_kernel::policy::RoleId;
use bailiwick_pg::Tx;
use bailiwick_store::memberships::{self, Change};
use bailiwick_store::tombstones::{self, Kind};
use bailiwick_store::{organizations, users};
use jiff::Timestamp;
use serde_json::json;

use super::organizations::step_in;
use super::{Outcome, Parent, Work, key_hash};
use crate::{App, Result};

/// A membership was created or changed. `user` names the member where the resource does not.
///
/// # Errors
/// The database's.
pub async fn apply(
    app: &App,
    mut tx: Tx,
    membership: &Membership,
    user: Option<&str>,
    at: Timestamp,
) -> Result<Outcome> {
    let Some(clerk_user_id) = membership.user_id().or(user) else {
        return Err(crate::Error::Inconsistent(format!(
            "membership {} has no user",
            membership.id
        )));
    };
    let clerk_org_id = &membership.organization.id;
    let now = app.env().now();
    tombstones::lock(&mut tx, Kind::Organization, clerk_org_id).await?;
    let key = tombstone_key(clerk_user_id, clerk_org_id);
    let buried = tombstones::find(&mut tx, Kind::Membership, &key).await?;
    if buried.is_some_and(|deleted| deleted >= at)
        || is_gone(&mut tx, clerk_user_id, clerk_org_id).await?
    {
        tx.commit().await?;
        return Ok(Outcome::Done);
    }
    let Some(org) = organizations::lock(&mut tx, clerk_org_id).await? else {
        return Ok(Outcome::Missing(Parent::Organization(clerk_org_id.clone())));
    };
    let Some(user) = users::lock(&mut tx, clerk_user_id).await? else {
        return Ok(Outcome::Missing(Parent::User(clerk_user_id.to_owned())));
    };
    if user.is_deleted {
        tx.commit().await?;
        return Ok(Outcome::Done);
    }
    let existing = memberships::lock(&mut tx, user.id, org.id).await?;
    if let Some(row) = &existing
        && (row.clerk_updated_at > at || (row.clerk_updated_at == at && row.status != "removed"))
    {
        tx.commit().await?;
        return Ok(Outcome::Done);
    }
    // The finer local role outlives what the provider repeats, not what it changes: who is demoted
    // there is demoted here, whatever the image of the local role is.
    let local = existing
        .as_ref()
        .filter(|row| row.status != "removed" && row.provider_role == membership.role)
        .and_then(|row| app.pack().role(&row.role));
    let is_creator = org.created_by.as_deref() == Some(clerk_user_id);
    let role = role(app, local, &membership.role, is_creator);
    let role_key = app.pack().role_key(role).to_owned();
    let change = Change {
        clerk_membership_id: Some(&membership.id),
        role: &role_key,
        provider_role: &membership.role,
        updated_at: at,
    };
    let (action, status) = match &existing {
        Some(row) => {
            memberships::update(&mut tx, row.id, &change, now).await?;
            let status = if row.status == "suspended" {
                "suspended"
            } else {
                "active"
            };
            ("memberships.update", status)
        }
        None => {
            let id = MembershipId::from(app.env().uuid());
            memberships::insert(&mut tx, id, user.id, org.id, &change, now).await?;
            ("memberships.create", "active")
        }
    };
    finish(app, tx, action, (user.id, org.id), &role_key, status).await
}

/// The projection and the fact, in the same transaction.
async fn finish(
    app: &App,
    tx: Tx,
    action: &str,
    (user, org): (UserId, OrgId),
    role: &str,
    status: &str,
) -> Result<Outcome> {
    let now = app.env().now();
    let mut work = step_in(tx, org).await?;
    if let Work::Tenant(tenant) = &mut work {
        tenant.project_member(user, role, status, now).await?;
    }
    let after = json!({"userId": user, "role": role, "status": status});
    work.audit(app, action, ("membership", &user.to_string()), Some(after))
        .await?;
    work.commit().await?;
    Ok(Outcome::Done)
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

async fn is_gone(tx: &mut Tx, clerk_user_id: &str, clerk_org_id: &str) -> Result<bool> {
    let user = tombstones::find(tx, Kind::User, &key_hash(clerk_user_id)).await?;
    let org = tombstones::find(tx, Kind::Organization, &key_hash(clerk_org_id)).await?;
    Ok(user.is_some() || org.is_some())
}

fn tombstone_key(clerk_user_id: &str, clerk_org_id: &str) -> Vec<u8> {
    key_hash(&format!("{clerk_org_id}:{clerk_user_id}"))
}

/// A membership ended: its version moves, so the door refuses whoever knew it.
///
/// # Errors
/// The database's.
pub async fn delete(
    app: &App,
    mut tx: Tx,
    membership: &Membership,
    at: Timestamp,
) -> Result<Outcome> {
    let Some(clerk_user_id) = membership.user_id() else {
        return Err(crate::Error::Inconsistent(format!(
            "membership {} has no user",
            membership.id
        )));
    };
    let clerk_org_id = &membership.organization.id;
    let now = app.env().now();
    tombstones::lock(&mut tx, Kind::Organization, clerk_org_id).await?;
    let key = tombstone_key(clerk_user_id, clerk_org_id);
    tombstones::bury(&mut tx, Kind::Membership, &key, at).await?;
    let user = users::lock(&mut tx, clerk_user_id).await?;
    let org = organizations::lock(&mut tx, clerk_org_id).await?;
    let (Some(user), Some(org)) = (user, org) else {
        tx.commit().await?;
        return Ok(Outcome::Done);
    };
    match memberships::lock(&mut tx, user.id, org.id).await? {
        Some(row) if row.status != "removed" && row.clerk_updated_at <= at => {
            memberships::remove(&mut tx, row.id, at, now).await?;
            finish(
                app,
                tx,
                "memberships.delete",
                (user.id, org.id),
                &row.role,
                "removed",
            )
            .await
        }
        _ => {
            tx.commit().await?;
            Ok(Outcome::Done)
        }
    }
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
    let mut work = step_in(tx, org).await?;
    if let Work::Tenant(tenant) = &mut work {
        tenant
            .project_member(user, &row.role, &row.status, now)
            .await?;
    }
    work.commit().await
}
