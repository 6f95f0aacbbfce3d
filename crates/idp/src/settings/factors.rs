//! Settings: what proves a person beside the first factor.

use serde::{Deserialize, Serialize};

/// Section `[factors]`: what proves a person beside the first factor.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Factors {
    /// Whether people may set up an authenticator application.
    pub totp: bool,
    /// Whether people get codes for the day on which the authenticator is lost.
    pub backup_codes: bool,
    /// Whether a code to a phone may serve as second factor.
    pub phone_code: bool,
    /// Whether everybody must have a second factor: whoever has none sets one up before the
    /// session becomes active.
    pub required: bool,
    /// Whether sensitive changes demand that the factors were given a short while ago.
    pub reverification: bool,
}

impl Default for Factors {
    fn default() -> Self {
        Self {
            totp: true,
            backup_codes: true,
            phone_code: true,
            required: false,
            reverification: true,
        }
    }
}
