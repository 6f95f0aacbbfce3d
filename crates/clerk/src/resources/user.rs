//! Users and their e-mail addresses.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::{Metadata, millis, null_default};

/// A person, as the provider knows them.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct User {
    /// `user_…`.
    pub id: String,
    /// The product's own id of them, where one was set.
    pub external_id: Option<String>,
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// User name, where the instance has them.
    pub username: Option<String>,
    /// Picture.
    pub image_url: Option<String>,
    /// Whether the picture is their own rather than a generated one.
    #[serde(default, deserialize_with = "null_default")]
    pub has_image: bool,
    /// All addresses, verified or not.
    #[serde(default, deserialize_with = "null_default")]
    pub email_addresses: Vec<EmailAddress>,
    /// Which of them is the primary one.
    pub primary_email_address_id: Option<String>,
    /// Readable by the browser, writable by servers.
    #[serde(default, deserialize_with = "null_default")]
    pub public_metadata: Metadata,
    /// Servers only.
    #[serde(default, deserialize_with = "null_default")]
    pub private_metadata: Metadata,
    /// Writable by the browser: never a reason for anything.
    #[serde(default, deserialize_with = "null_default")]
    pub unsafe_metadata: Metadata,
    /// Banned users have no sessions.
    #[serde(default, deserialize_with = "null_default")]
    pub banned: bool,
    /// Locked out after too many attempts.
    #[serde(default, deserialize_with = "null_default")]
    pub locked: bool,
    /// Last sign-in.
    #[serde(default, with = "millis")]
    pub last_sign_in_at: Option<Timestamp>,
    /// Creation.
    #[serde(default, with = "millis")]
    pub created_at: Option<Timestamp>,
    /// The last change, by which events are ordered.
    #[serde(default, with = "millis")]
    pub updated_at: Option<Timestamp>,
}

/// One address of a user.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct EmailAddress {
    /// `idn_…`; events about messages name addresses without one.
    #[serde(default, deserialize_with = "null_default")]
    pub id: String,
    /// The address as entered.
    pub email_address: String,
    /// Whether and how it was proved.
    pub verification: Option<Verification>,
}

/// The state of a proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verification {
    /// `verified`, `unverified`, `expired`, `failed`, `transferable`.
    pub status: Option<String>,
    /// `email_code`, `from_oauth_google`, `admin`, …
    pub strategy: Option<String>,
}

impl EmailAddress {
    /// Whether the user proved that it is theirs.
    #[must_use]
    pub fn is_verified(&self) -> bool {
        self.verification
            .as_ref()
            .is_some_and(|verification| verification.status.as_deref() == Some("verified"))
    }
}

impl User {
    /// The primary address, if it is verified: the only address by which anything may be decided.
    /// None where the user has no primary one, or has not verified it, whatever the others are.
    #[must_use]
    pub fn primary_verified_email(&self) -> Option<&str> {
        let primary = self
            .primary_email_address_id
            .as_deref()
            .filter(|id| !id.is_empty())?;
        self.email_addresses
            .iter()
            .find(|address| address.id == primary)
            .filter(|address| address.is_verified())
            .map(|address| address.email_address.as_str())
    }

    /// The primary address, verified or not: by it nothing may be decided.
    #[must_use]
    pub fn primary_address(&self) -> Option<&str> {
        let primary = self.primary_email_address_id.as_deref()?;
        let mut addresses = self.email_addresses.iter();
        let found = addresses.find(|address| !primary.is_empty() && address.id == primary);
        found.map(|address| address.email_address.as_str())
    }

    /// Every address that the user has verified, in lower case, each once.
    #[must_use]
    pub fn verified_emails(&self) -> Vec<String> {
        let verified = self.email_addresses.iter().filter(|a| a.is_verified());
        let mut emails: Vec<String> = verified.map(|a| a.email_address.to_lowercase()).collect();
        emails.sort_unstable();
        emails.dedup();
        emails
    }

    /// First and last name as one, none where both are missing.
    #[must_use]
    pub fn full_name(&self) -> Option<String> {
        let names = [self.first_name.as_deref(), self.last_name.as_deref()];
        let names: Vec<&str> = names
            .into_iter()
            .flatten()
            .map(str::trim)
            .filter(|name| !name.is_empty())
            .collect();
        (!names.is_empty()).then(|| names.join(" "))
    }
}
