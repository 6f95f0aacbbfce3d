//! A user in a file.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A user in a file. What is missing is nothing.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Record {
    /// The id where the user comes from; kept as `external_id` unless that is given.
    #[serde(skip_serializing_if = "Option::is_none", alias = "user_id")]
    pub id: Option<String>,
    /// The customer's own id for the user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_id: Option<String>,
    /// Given name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
    /// Family name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_name: Option<String>,
    /// Unique without regard to case.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// Which of the addresses mail goes to; the first verified one unless given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub primary_email_address: Option<String>,
    /// Addresses that are the user's for sure.
    #[serde(skip_serializing_if = "Vec::is_empty", alias = "email_address")]
    pub verified_email_addresses: Vec<String>,
    /// Addresses that the user claims.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unverified_email_addresses: Vec<String>,
    /// Which of the numbers is shown first; the first verified one unless given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub primary_phone_number: Option<String>,
    /// Numbers that are the user's for sure.
    #[serde(skip_serializing_if = "Vec::is_empty", alias = "phone_number")]
    pub verified_phone_numbers: Vec<String>,
    /// Numbers that the user claims.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unverified_phone_numbers: Vec<String>,
    /// In the clear: for test data.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<String>,
    /// A digest that `password_hasher` made.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password_digest: Option<String>,
    /// Such as `bcrypt`; a name of the Backend API.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password_hasher: Option<String>,
    /// Never taken over: a second factor is set up anew.
    #[serde(skip_serializing)]
    pub totp_secret: Option<String>,
    /// Readable by browsers.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub public_metadata: Map<String, Value>,
    /// For servers alone.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub private_metadata: Map<String, Value>,
    /// Written by browsers.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub unsafe_metadata: Map<String, Value>,
    /// May not sign in.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub banned: bool,
    /// When the user came to be: RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_at: Option<jiff::Timestamp>,
}

impl Record {
    /// What tells the user apart from all others, before and after.
    #[must_use]
    pub fn key(&self) -> Option<&str> {
        self.external_id.as_deref().or(self.id.as_deref())
    }
}
