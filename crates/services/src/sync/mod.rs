//! The mirror follows the provider: what happened there is applied here, in any order, any number
//! of times, and ends the same.
//!
//! Each thing of the provider has one lock, one time (`clerk_updated_at`, the provider's own) and,
//! once deleted, a tombstone. Older than the time or the tombstone changes nothing.

pub mod catalogue;
pub mod fetch;
pub mod invitations;
pub mod memberships;
pub mod organizations;
pub mod sessions;
pub mod subscriptions;
pub mod sweep;
pub mod users;
pub(crate) mod verify;
mod word;

use std::collections::HashMap;

use bailiwick_clerk::webhook::Event;
use bailiwick_kernel::id::UserId;
use bailiwick_pg::Tx;
use bailiwick_store::audit::Fact;
use bailiwick_store::tenant::TenantTx;
use bailiwick_store::tombstones;
use jiff::Timestamp;
use serde_json::Value;

use crate::{App, Result};

pub use word::Word;

use sweep::Here;

/// How applying an event went.
#[derive(Debug)]
pub enum Outcome {
    /// Applied and committed.
    Done,
    /// No news: older than what is here, or of what is gone. Nothing changed.
    Stale,
    /// Rolled back: what it refers to must come first.
    Missing(Parent),
}

/// What an event refers to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Parent {
    /// A user, by the provider's id.
    User(String),
    /// An organization, by the provider's id.
    Organization(String),
}

impl std::fmt::Display for Parent {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::User(id) => write!(f, "waits for user {id}"),
            Self::Organization(id) => write!(f, "waits for organization {id}"),
        }
    }
}

/// A transaction that may have stepped into a tenant at its end.
pub(crate) enum Work {
    Control(Tx),
    Tenant(TenantTx),
}

impl Work {
    /// Brings a member's projection up to date, where there is a tenant to have one.
    pub(crate) async fn project(
        &mut self,
        app: &App,
        user: UserId,
        role: &str,
        status: &str,
    ) -> Result<()> {
        if let Self::Tenant(tenant) = self {
            let now = app.env().now();
            tenant.project_member(user, role, status, now).await?;
        }
        Ok(())
    }

    /// Records a fact: the tenant's where the transaction is inside it.
    pub(crate) async fn record(&mut self, app: &App, fact: &Fact<'_>) -> Result<()> {
        match self {
            Self::Control(tx) => app.store().record(tx, fact).await?,
            Self::Tenant(tx) => tx.audit(fact).await?,
        }
        Ok(())
    }

    pub(crate) async fn commit(self) -> Result<()> {
        match self {
            Self::Control(tx) => Ok(tx.commit().await?),
            Self::Tenant(tx) => Ok(tx.commit().await?),
        }
    }

    /// Records a fact of the sync: the tenant's where the transaction is inside it.
    pub(crate) async fn audit(
        &mut self,
        app: &App,
        word: Word,
        action: &str,
        object: (&str, &str),
        after: Option<Value>,
    ) -> Result<()> {
        let fact = Fact {
            after,
            ..Fact::impersonal(app.env(), word.origin(), action, object)
        };
        self.record(app, &fact).await
    }
}

/// Whether an event means anything to us.
#[must_use]
pub fn is_handled(event: &Event) -> bool {
    !matches!(event, Event::Unknown { .. })
}

/// Applies an event in `tx` and commits it. `at` orders what carries no time of its own.
///
/// # Errors
/// The database's; nothing was changed then.
pub async fn apply(app: &App, tx: Tx, event: &Event, at: Timestamp) -> Result<Outcome> {
    let told = |changed_at: Option<Timestamp>| Word::told(changed_at.unwrap_or(at));
    match event {
        Event::UserCreated(user) | Event::UserUpdated(user) => {
            users::apply(app, tx, user, told(user.updated_at)).await
        }
        Event::UserDeleted(deleted) => users::delete(app, tx, &deleted.id, told(None)).await,
        Event::OrganizationCreated(org) | Event::OrganizationUpdated(org) => {
            organizations::apply(app, tx, org, told(org.updated_at)).await
        }
        Event::OrganizationDeleted(deleted) => {
            organizations::delete(app, tx, &deleted.id, told(None)).await
        }
        Event::MembershipCreated(membership) | Event::MembershipUpdated(membership) => {
            let word = told(membership.updated_at);
            memberships::apply(app, tx, membership, None, word).await
        }
        Event::MembershipDeleted(membership) => {
            memberships::delete(app, tx, membership, told(None)).await
        }
        Event::InvitationCreated(invitation)
        | Event::InvitationAccepted(invitation)
        | Event::InvitationRevoked(invitation) => {
            invitations::apply(app, tx, invitation, told(invitation.updated_at)).await
        }
        Event::SessionCreated(session)
        | Event::SessionPending(session)
        | Event::SessionEnded(session)
        | Event::SessionRemoved(session)
        | Event::SessionRevoked(session) => {
            sessions::record(app, tx, session, told(session.updated_at)).await
        }
        Event::RoleCreated(role) | Event::RoleUpdated(role) => {
            catalogue::role(app, tx, role, told(role.updated_at)).await
        }
        Event::RoleDeleted(deleted) => {
            catalogue::delete_role(app, tx, &deleted.id, told(None)).await
        }
        Event::PermissionCreated(permission) | Event::PermissionUpdated(permission) => {
            catalogue::permission(app, tx, permission, told(permission.updated_at)).await
        }
        Event::PermissionDeleted(deleted) => {
            catalogue::delete_permission(app, tx, &deleted.id, told(None)).await
        }
        Event::Subscription(subscription) => {
            let word = told(subscription.updated_at);
            subscriptions::apply(app, tx, subscription, word, at).await
        }
        Event::SubscriptionItem(item) => {
            subscriptions::apply_item(app, tx, item, told(item.updated_at), at).await
        }
        Event::Unknown { .. } => {
            tx.commit().await?;
            Ok(Outcome::Stale)
        }
    }
}

/// Records the fact where there is news, and commits.
async fn settle(
    app: &App,
    tx: Tx,
    is_news: bool,
    (action, kind, id): (&str, &str, &str),
    after: Option<Value>,
    word: Word,
) -> Result<Outcome> {
    let mut work = Work::Control(tx);
    if is_news {
        work.audit(app, word, action, (kind, id), after).await?;
    }
    work.commit().await?;
    Ok(if is_news {
        Outcome::Done
    } else {
        Outcome::Stale
    })
}

/// The tombstones of these keys, each as what is here of its thing.
pub(crate) async fn buried<R>(
    app: &App,
    kind: tombstones::Kind,
    keys: &[&str],
    is_final: bool,
) -> Result<HashMap<String, Here<R>>> {
    let hashes: Vec<Vec<u8>> = keys.iter().map(|key| key_hash(key)).collect();
    let found = app.store().tombstones(kind, &hashes).await?;
    let found: HashMap<Vec<u8>, Timestamp> = found.into_iter().collect();
    let here = keys.iter().zip(&hashes).filter_map(|(key, hash)| {
        let at = *found.get(hash)?;
        let here = Here {
            at,
            is_final,
            row: None,
        };
        Some(((*key).to_owned(), here))
    });
    Ok(here.collect())
}

/// What stands in a tombstone instead of the provider's id: SHA-256.
pub(crate) fn key_hash(key: &str) -> Vec<u8> {
    aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, key.as_bytes())
        .as_ref()
        .to_vec()
}
