//! Sessions.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Metadata, User, millis};

/// A sign-in on one device.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Session {
    /// `sess_…`.
    pub id: String,
    /// The provider's id of the user.
    pub user_id: String,
    /// The device's id.
    pub client_id: Option<String>,
    /// `active`, `pending`, `ended`, `removed`, `revoked`, `expired`, `replaced`, `abandoned`.
    pub status: String,
    /// Who is really acting, where the session is an impersonation: what its actor token said.
    pub actor: Option<Metadata>,
    /// The organization that was active last.
    pub last_active_organization_id: Option<String>,
    /// The user in full, in events.
    pub user: Option<User>,
    /// Last activity.
    #[serde(default, with = "millis")]
    pub last_active_at: Option<Timestamp>,
    /// When it ends at the latest.
    #[serde(default, with = "millis")]
    pub expire_at: Option<Timestamp>,
    /// Creation.
    #[serde(default, with = "millis")]
    pub created_at: Option<Timestamp>,
    /// The last change, by which events are ordered.
    #[serde(default, with = "millis")]
    pub updated_at: Option<Timestamp>,
}

impl Session {
    /// A text of the actor's: `sub` is who really acts.
    #[must_use]
    pub fn actor_text(&self, member: &str) -> Option<&str> {
        self.actor.as_ref()?.get(member)?.as_str()
    }
}
