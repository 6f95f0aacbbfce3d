//! Settings: how people are told apart and how they prove what is theirs.

use serde::{Deserialize, Serialize};

/// Section `[identification]`: how people are told apart and how they prove what is theirs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Identification {
    /// E-mail addresses.
    pub email_address: EmailAddresses,
    /// Phone numbers.
    pub phone_number: PhoneNumbers,
    /// Usernames.
    pub username: Usernames,
    /// Passwords.
    pub password: PasswordRules,
    /// Whether nobody learns here who has an account: unknown and known identifiers are answered
    /// alike. Off, as at Clerk: people who mistype are told.
    pub enumeration_protection: bool,
}

/// Section `[identification.email_address]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct EmailAddresses {
    /// Whether users have them.
    pub enabled: bool,
    /// Whether nobody signs up without one.
    pub required: bool,
    /// How a new address is proven: by a code, or by a link.
    pub verification: EmailProof,
    /// Whether a code by mail signs in.
    pub code_sign_in: bool,
    /// Whether a link by mail signs in.
    pub link_sign_in: bool,
    /// Whether a link counts only in the browser that asked for it. Otherwise whoever reads the
    /// mail confirms on a page what another browser began, which a stranger may have talked them
    /// into.
    pub link_requires_same_client: bool,
}

impl Default for EmailAddresses {
    fn default() -> Self {
        Self {
            enabled: true,
            required: true,
            verification: EmailProof::Code,
            code_sign_in: true,
            link_sign_in: true,
            link_requires_same_client: true,
        }
    }
}

/// How an e-mail address is proven.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EmailProof {
    /// Six digits.
    #[default]
    Code,
    /// A link.
    Link,
}

/// Section `[identification.phone_number]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PhoneNumbers {
    /// Whether users have them.
    pub enabled: bool,
    /// Whether nobody signs up without one.
    pub required: bool,
    /// Whether a code by text message signs in.
    pub code_sign_in: bool,
}

impl Default for PhoneNumbers {
    fn default() -> Self {
        Self {
            enabled: true,
            required: false,
            code_sign_in: true,
        }
    }
}

/// Section `[identification.username]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Usernames {
    /// Whether users have them.
    pub enabled: bool,
    /// Whether nobody signs up without one.
    pub required: bool,
    /// Fewest characters.
    pub min_length: usize,
    /// Most characters.
    pub max_length: usize,
}

impl Default for Usernames {
    fn default() -> Self {
        Self {
            enabled: false,
            required: false,
            min_length: 4,
            max_length: 64,
        }
    }
}

/// Section `[identification.password]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct PasswordRules {
    /// Whether users have them.
    pub enabled: bool,
    /// Whether nobody signs up without one.
    pub required: bool,
    /// Fewest characters; the components accept no bound below 8.
    pub min_length: usize,
    /// Most characters; at most 72.
    pub max_length: usize,
    /// Whether a special character must be in it.
    pub require_special_char: bool,
    /// Whether a digit must be in it.
    pub require_numbers: bool,
    /// Whether a capital letter must be in it.
    pub require_uppercase: bool,
    /// Whether a small letter must be in it.
    pub require_lowercase: bool,
}

impl Default for PasswordRules {
    fn default() -> Self {
        Self {
            enabled: true,
            required: true,
            min_length: 8,
            max_length: 72,
            require_special_char: false,
            require_numbers: false,
            require_uppercase: false,
            require_lowercase: false,
        }
    }
}
