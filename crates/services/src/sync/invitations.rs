//! Invitations: that somebody is invited is the provider's word; the role that they get is ours.

use bailiwick_clerk::resources::OrganizationInvitation;
use bailiwick_kernel::id::{InvitationId, OrgId};
use bailiwick_pg::Tx;
use bailiwick_store::invitations::{self, Invitation, Mirrored};
use bailiwick_store::tombstones::{self, Kind};
use bailiwick_store::{intents, memberships, organizations, users};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::organizations::step_in;
use super::{Outcome, Parent, Word, key_hash};
use crate::intents::subject;
use crate::invitations::Seats;
use crate::{App, Result};

/// The member of an invitation's private metadata by which its echo is told from a stranger's.
const MARK: &str = "bailiwick";

/// The mark of one sending of an invitation.
pub(crate) fn mark(id: InvitationId, sending: i32) -> serde_json::Map<String, Value> {
    let mark = json!({"invitation": id, "sending": sending});
    serde_json::Map::from_iter([(MARK.to_owned(), mark)])
}

/// Which of our invitations this is, and its how manieth sending. The provider shows private
/// metadata to servers alone, so nobody else can have written it.
pub(crate) fn marked(invitation: &OrganizationInvitation) -> Option<(InvitationId, i32)> {
    let mark = invitation.private_metadata.get(MARK)?;
    let id = mark["invitation"].as_str()?.parse().ok()?;
    let sending = i32::try_from(mark["sending"].as_i64()?).ok()?;
    Some((id, sending))
}

/// An invitation was made, accepted or revoked.
///
/// # Errors
/// The database's.
pub async fn apply(
    app: &App,
    mut tx: Tx,
    said: &OrganizationInvitation,
    word: Word,
) -> Result<Outcome> {
    let at = word.at;
    let clerk_org_id = &said.organization_id;
    tombstones::lock(&mut tx, Kind::Organization, clerk_org_id).await?;
    let is_gone = tombstones::find(&mut tx, Kind::Organization, &key_hash(clerk_org_id)).await?;
    if is_gone.is_some() {
        tx.commit().await?;
        return Ok(Outcome::Stale);
    }
    let Some(org) = organizations::lock(&mut tx, clerk_org_id).await? else {
        return Ok(Outcome::Missing(Parent::Organization(clerk_org_id.clone())));
    };
    let known = match known(&mut tx, org.id, said).await? {
        Known::Row(row) => Some(*row),
        Known::Outdated => {
            tx.commit().await?;
            return Ok(Outcome::Stale);
        }
        Known::Not => None,
    };
    let is_new = known.is_none();
    let (row, action) = match known {
        Some(row) => match merge(app, &mut tx, row, said, word).await? {
            Some(row) => (row, action(&said.status)),
            None => {
                tx.commit().await?;
                return Ok(Outcome::Stale);
            }
        },
        None => (
            make(app, &mut tx, org.id, said, at).await?,
            action(&said.status),
        ),
    };
    let member = match (&row.accepted_by, row.applied_at) {
        (Some(user), None) if row.status == "accepted" => {
            give_role(app, &mut tx, &row, user).await?
        }
        _ => None,
    };
    let crowded = if is_new {
        Seats::exceeded(app, &mut tx, org.id).await?
    } else {
        None
    };
    let mut work = step_in(app, tx, org.id).await?;
    if let Some((user, role, status)) = &member {
        work.project(app, *user, role, status).await?;
        let after = json!({"userId": user, "role": role, "status": status});
        let object = user.to_string();
        work.audit(
            app,
            word,
            "memberships.update",
            ("membership", &object),
            Some(after),
        )
        .await?;
    }
    let after = json!({"role": row.role, "status": row.status});
    let object = row.id.to_string();
    work.audit(app, word, action, ("invitation", &object), Some(after))
        .await?;
    if let Some(seats) = crowded {
        seats.tell(app, &mut work, word.origin(), org.id).await?;
    }
    work.commit().await?;
    Ok(Outcome::Done)
}

/// The provider has the invitation no more: whoever has its mail comes by it no more.
///
/// # Errors
/// The database's.
pub async fn end(
    app: &App,
    mut tx: Tx,
    (clerk_org_id, id): (&str, &str),
    word: Word,
) -> Result<Outcome> {
    tombstones::lock(&mut tx, Kind::Organization, clerk_org_id).await?;
    let row = invitations::lock_by_clerk_id(&mut tx, id).await?;
    let row = row.filter(|row| row.status == "pending" && word.ends(row.clerk_updated_at));
    let Some(row) = row else {
        tx.commit().await?;
        return Ok(Outcome::Stale);
    };
    invitations::set_status(&mut tx, row.id, "revoked", app.env().now()).await?;
    let mut work = step_in(app, tx, row.org).await?;
    let (action, object) = (action("revoked"), row.id.to_string());
    let after = json!({"role": row.role, "status": "revoked"});
    work.audit(app, word, action, ("invitation", &object), Some(after))
        .await?;
    work.commit().await?;
    Ok(Outcome::Done)
}

fn action(status: &str) -> &'static str {
    match status {
        "accepted" => "invitations.accept",
        "revoked" => "invitations.revoke",
        "expired" => "invitations.expire",
        _ => "invitations.create",
    }
}

/// What the mirror has of it.
enum Known {
    Row(Box<Invitation>),
    /// A sending of ours that another has replaced.
    Outdated,
    Not,
}

async fn known(tx: &mut Tx, org: OrgId, said: &OrganizationInvitation) -> Result<Known> {
    if let Some((id, sending)) = marked(said)
        && let Some(row) = invitations::lock(tx, org, id).await?
    {
        let is_current = row.sending == sending;
        return Ok(if is_current {
            Known::Row(Box::new(row))
        } else {
            Known::Outdated
        });
    }
    Ok(match invitations::lock_by_clerk_id(tx, &said.id).await? {
        Some(row) if row.org == org => Known::Row(Box::new(row)),
        Some(_) => Known::Outdated,
        None => Known::Not,
    })
}

/// Brings the row to what the provider says; none where it says nothing new.
async fn merge(
    app: &App,
    tx: &mut Tx,
    row: Invitation,
    said: &OrganizationInvitation,
    word: Word,
) -> Result<Option<Invitation>> {
    let at = word.at;
    let is_first = row.clerk_invitation_id.is_none();
    let is_heard = word.counts_over(row.clerk_updated_at);
    if !is_heard && (!is_first || row.clerk_updated_at != at) {
        return Ok(None);
    }
    // What has ended does not open again: an older word that comes late, or one that was
    // taken back here and not there yet.
    let hold = intents::hold(tx, &subject::invitation(row.id)).await?;
    let status = match (row.status.as_str(), said.status.as_str()) {
        ("accepted", _) => "accepted",
        ("revoked", "pending") => "revoked",
        ("revoked", "accepted") if hold.is_some() => "revoked",
        (_, other) => known_status(other),
    };
    let reopens = status == "pending" && row.status != "pending";
    let is_taken = reopens
        && invitations::lock_open(tx, row.org, &row.email)
            .await?
            .is_some();
    let status = if is_taken {
        row.status.as_str()
    } else {
        status
    };
    let is_news = status != row.status
        || said.user_id.is_some() && said.user_id != row.accepted_by
        || is_first;
    let mirrored = Mirrored {
        clerk_invitation_id: &said.id,
        provider_role: &said.role,
        status,
        accepted_by: said.user_id.as_deref(),
        expires_at: said.expires_at,
        updated_at: at,
    };
    invitations::mirror(tx, row.id, &mirrored, app.env().now()).await?;
    let status = status.to_owned();
    Ok(is_news.then(|| Invitation {
        status,
        provider_role: said.role.clone(),
        accepted_by: said.user_id.clone().or(row.accepted_by),
        ..row
    }))
}

fn known_status(status: &str) -> &'static str {
    match status {
        "accepted" => "accepted",
        "revoked" => "revoked",
        "expired" => "expired",
        _ => "pending",
    }
}

/// One that was made at the provider.
async fn make(
    app: &App,
    tx: &mut Tx,
    org: OrgId,
    said: &OrganizationInvitation,
    at: Timestamp,
) -> Result<Invitation> {
    let now = app.env().now();
    let inbound = app.pack().inbound(&said.role);
    let row = Invitation {
        id: InvitationId::from(app.env().uuid()),
        org,
        clerk_invitation_id: Some(said.id.clone()),
        email: said.email_address.clone(),
        role: app.pack().role_key(inbound.role).to_owned(),
        provider_role: said.role.clone(),
        status: known_status(&said.status).to_owned(),
        sending: 1,
        invited_by: None,
        accepted_by: said.user_id.clone(),
        applied_at: None,
        expires_at: said.expires_at,
        clerk_updated_at: at,
        created_at: now,
    };
    if !invitations::insert(tx, &row, now).await? {
        // The address is invited here too, and the provider takes one: ours will be refused there.
        // Theirs counts.
        if let Some(ours) = invitations::lock_open(tx, org, &row.email).await? {
            invitations::set_status(tx, ours.id, "failed", now).await?;
        }
        invitations::insert(tx, &row, now).await?;
    }
    if let Some(user) = &row.accepted_by {
        let mirrored = Mirrored {
            clerk_invitation_id: &said.id,
            provider_role: &said.role,
            status: &row.status,
            accepted_by: Some(user),
            expires_at: said.expires_at,
            updated_at: at,
        };
        invitations::mirror(tx, row.id, &mirrored, now).await?;
    }
    Ok(row)
}

/// Notes that somebody came by this invitation.
pub(super) async fn use_up(tx: &mut Tx, invitation: &Invitation, now: Timestamp) -> Result<()> {
    invitations::set_applied(tx, invitation.id, now).await?;
    if invitation.status == "pending" {
        invitations::set_status(tx, invitation.id, "accepted", now).await?;
    }
    Ok(())
}

/// The membership came first and did not tell by which invitation: it gets the invitation's role,
/// unless somebody has given it another meanwhile.
async fn give_role(
    app: &App,
    tx: &mut Tx,
    invitation: &Invitation,
    clerk_user_id: &str,
) -> Result<Option<(bailiwick_kernel::id::UserId, String, String)>> {
    let now = app.env().now();
    let Some(user) = users::lock(tx, clerk_user_id).await? else {
        return Ok(None);
    };
    let row = memberships::lock(tx, user.id, invitation.org).await?;
    let Some(row) = row.filter(|row| row.status != "removed") else {
        return Ok(None);
    };
    invitations::set_applied(tx, invitation.id, now).await?;
    let pack = app.pack();
    let came_by_it = row.joined_at >= invitation.created_at
        && row.provider_role == invitation.provider_role
        && pack.role(&row.role) == Some(pack.inbound(&row.provider_role).role);
    let is_held = intents::hold(tx, &subject::member(invitation.org, user.id)).await?;
    let role = pack.role(&invitation.role);
    let role = pack
        .reconcile(&app.inner().provider_roles, role, &row.provider_role)
        .role;
    let role = pack.role_key(role).to_owned();
    if !came_by_it || is_held.is_some() || role == row.role {
        return Ok(None);
    }
    memberships::set_role(tx, row.id, &role, &row.provider_role, now).await?;
    Ok(Some((user.id, role, row.status)))
}
