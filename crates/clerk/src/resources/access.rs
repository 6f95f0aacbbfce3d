//! Roles and permissions as the provider's instance defines them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{millis, null_default};

/// A role that memberships of the instance may have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Role {
    /// `role_…`.
    pub id: String,
    /// `org:admin`.
    pub key: String,
    /// How people call it.
    #[serde(default, deserialize_with = "null_default")]
    pub name: String,
    /// What it gives at the provider.
    #[serde(default, deserialize_with = "null_default")]
    pub permissions: Vec<Permission>,
    /// Creation.
    #[serde(default, with = "millis")]
    pub created_at: Option<Timestamp>,
    /// The last change, by which events are ordered.
    #[serde(default, with = "millis")]
    pub updated_at: Option<Timestamp>,
}

/// A permission of the instance.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Permission {
    /// `perm_…`.
    pub id: String,
    /// `org:reports:read`.
    pub key: String,
    /// How people call it.
    #[serde(default, deserialize_with = "null_default")]
    pub name: String,
    /// Creation.
    #[serde(default, with = "millis")]
    pub created_at: Option<Timestamp>,
    /// The last change, by which events are ordered.
    #[serde(default, with = "millis")]
    pub updated_at: Option<Timestamp>,
}
