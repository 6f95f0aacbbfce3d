//! Invitations into organizations.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Metadata, millis, null_default};

/// Somebody was asked to join an organization.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OrganizationInvitation {
    /// `orginv_…`.
    pub id: String,
    /// Where the invitation was sent.
    pub email_address: String,
    /// The role to come: `org:member`.
    pub role: String,
    /// The provider's id of the organization.
    pub organization_id: String,
    /// The provider's id of who invited.
    pub inviter_id: Option<String>,
    /// `pending`, `accepted`, `revoked`, `expired`.
    pub status: String,
    /// Who accepted, in that event.
    pub user_id: Option<String>,
    /// Where it is accepted.
    pub url: Option<String>,
    /// Readable by members.
    #[serde(default, deserialize_with = "null_default")]
    pub public_metadata: Metadata,
    /// Servers only.
    #[serde(default, deserialize_with = "null_default")]
    pub private_metadata: Metadata,
    /// Until when it can be accepted.
    #[serde(default, with = "millis")]
    pub expires_at: Option<Timestamp>,
    /// Creation.
    #[serde(default, with = "millis")]
    pub created_at: Option<Timestamp>,
    /// The last change, by which events are ordered.
    #[serde(default, with = "millis")]
    pub updated_at: Option<Timestamp>,
}
