//! The provider's resources as its webhooks and its Backend API describe them.
//!
//! Lenient in what may be absent or `null`, strict in what makes a resource one: its id, and what
//! it refers to. Unknown members are ignored.

mod access;
mod billing;
mod invitation;
pub mod millis;
mod organization;
mod session;
mod user;

pub use access::{Permission, Role};
pub use billing::{Payer, Plan, Seats, Subscription, SubscriptionItem};
pub use invitation::OrganizationInvitation;
pub use organization::{Membership, Organization, PublicUserData};
pub use session::Session;
pub use user::{EmailAddress, User, Verification};

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::{Map, Value};

/// Metadata: an object of the product's own making.
pub type Metadata = Map<String, Value>;

/// What is left of a deleted resource.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deleted {
    /// Its id.
    pub id: String,
    /// The product's own id of it, where one was set.
    pub external_id: Option<String>,
}

/// For members that may be absent or `null` and have a natural emptiness.
fn null_default<'de, T, D>(deserializer: D) -> Result<T, D::Error>
where
    T: Default + Deserialize<'de>,
    D: Deserializer<'de>,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}
