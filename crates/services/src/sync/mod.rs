//! The mirror follows the provider: what happened there is applied here, in any order, any number
//! of times, and ends the same.
//!
//! Each thing of the provider has one lock, one time (`clerk_updated_at`, the provider's own) and,
//! once deleted, a tombstone. Older than the time or the tombstone changes nothing.

pub mod fetch;
pub mod memberships;
pub mod organizations;
pub mod sessions;
pub mod users;

use bailiwick_clerk::webhook::Event;
use bailiwick_kernel::id::OrgId;
use bailiwick_pg::Tx;
use bailiwick_store::audit::{self, Fact};
use bailiwick_store::tenant::TenantTx;
use jiff::Timestamp;
use serde_json::Value;

use crate::{App, Result};

/// How applying an event went.
#[derive(Debug)]
pub enum Outcome {
    /// Applied and committed, or older than what is here.
    Done,
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
        action: &str,
        object: (&str, &str),
        after: Option<Value>,
    ) -> Result<()> {
        let fact = Fact {
            after,
            ..Fact::impersonal(app.env(), "webhook", action, object)
        };
        match self {
            Self::Control(tx) => audit::insert(tx, None::<OrgId>, &fact).await?,
            Self::Tenant(tx) => tx.audit(&fact).await?,
        }
        Ok(())
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
    match event {
        Event::UserCreated(user) | Event::UserUpdated(user) => {
            users::apply(app, tx, user, user.updated_at.unwrap_or(at)).await
        }
        Event::UserDeleted(deleted) => users::delete(app, tx, &deleted.id, at).await,
        Event::OrganizationCreated(org) | Event::OrganizationUpdated(org) => {
            organizations::apply(app, tx, org, org.updated_at.unwrap_or(at)).await
        }
        Event::OrganizationDeleted(deleted) => {
            organizations::delete(app, tx, &deleted.id, at).await
        }
        Event::MembershipCreated(membership) | Event::MembershipUpdated(membership) => {
            memberships::apply(
                app,
                tx,
                membership,
                None,
                membership.updated_at.unwrap_or(at),
            )
            .await
        }
        Event::MembershipDeleted(membership) => memberships::delete(app, tx, membership, at).await,
        Event::SessionCreated(session)
        | Event::SessionPending(session)
        | Event::SessionEnded(session)
        | Event::SessionRemoved(session)
        | Event::SessionRevoked(session) => sessions::record(app, tx, session).await,
        Event::Unknown { .. } => {
            tx.commit().await?;
            Ok(Outcome::Done)
        }
    }
}

/// What stands in a tombstone instead of the provider's id: SHA-256.
pub(crate) fn key_hash(key: &str) -> Vec<u8> {
    aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, key.as_bytes())
        .as_ref()
        .to_vec()
}
