//! Settings: what proves a person beside the first factor.

use jiff::SignedDuration;
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
    /// For how many seconds factors count as given a short while ago; 1 at least.
    pub reverification_after_seconds: u32,
}

impl Default for Factors {
    fn default() -> Self {
        Self {
            totp: true,
            backup_codes: true,
            phone_code: true,
            required: false,
            reverification: true,
            reverification_after_seconds: 600,
        }
    }
}

impl Factors {
    /// How long a factor counts as given just now.
    #[must_use]
    pub fn fresh(&self) -> SignedDuration {
        SignedDuration::from_secs(self.reverification_after_seconds.into())
    }

    /// Refuses what can be read and cannot work.
    pub(super) fn check(&self) -> Result<(), String> {
        if self.reverification_after_seconds == 0 {
            // Whoever gives a factor would be asked for it again at once, for ever.
            return Err("factors.reverification_after_seconds must be 1 or more".to_owned());
        }
        Ok(())
    }
}
