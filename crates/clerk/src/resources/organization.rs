//! Organizations and memberships.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Metadata, millis, null_default};

/// An organization, as the provider knows it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Organization {
    /// `org_…`.
    pub id: String,
    /// Display name.
    pub name: String,
    /// Slug; instances may do without. Nothing links by it.
    pub slug: Option<String>,
    /// Logo.
    pub image_url: Option<String>,
    /// Whether the logo is its own rather than a generated one.
    #[serde(default, deserialize_with = "null_default")]
    pub has_image: bool,
    /// The provider's id of the user who created it.
    pub created_by: Option<String>,
    /// The bound on members; 0 is none.
    pub max_allowed_memberships: Option<u64>,
    /// Only where it was asked for.
    pub members_count: Option<u64>,
    /// Readable by members.
    #[serde(default, deserialize_with = "null_default")]
    pub public_metadata: Metadata,
    /// Servers only.
    #[serde(default, deserialize_with = "null_default")]
    pub private_metadata: Metadata,
    /// Creation.
    #[serde(default, with = "millis")]
    pub created_at: Option<Timestamp>,
    /// The last change, by which events are ordered.
    #[serde(default, with = "millis")]
    pub updated_at: Option<Timestamp>,
}

/// A user in an organization.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Membership {
    /// `orgmem_…`.
    pub id: String,
    /// The provider's role: `org:admin`, `org:member`, or one of the instance's own.
    pub role: String,
    /// The organization in full.
    pub organization: Organization,
    /// The user in brief; lists of a user's own memberships may leave it out.
    pub public_user_data: Option<PublicUserData>,
    /// Creation.
    #[serde(default, with = "millis")]
    pub created_at: Option<Timestamp>,
    /// The last change, by which events are ordered.
    #[serde(default, with = "millis")]
    pub updated_at: Option<Timestamp>,
}

/// What members see of one another.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PublicUserData {
    /// The provider's id of the user.
    pub user_id: String,
    /// What they sign in with: an address as a rule, verified or not.
    pub identifier: Option<String>,
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// Picture.
    pub image_url: Option<String>,
}

impl Membership {
    /// The provider's id of the member, where it was sent.
    #[must_use]
    pub fn user_id(&self) -> Option<&str> {
        self.public_user_data
            .as_ref()
            .map(|user| user.user_id.as_str())
    }
}
