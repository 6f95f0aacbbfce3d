//! Settings: how the instance is run.

use std::time::Duration;

use jiff::SignedDuration;
use serde::{Deserialize, Serialize};

use crate::webhooks::{Limits, Reach};

/// Section `[operation]`: how the instance is run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Operation {
    /// Seconds for which a new signing key is published before it signs. At least as long as
    /// verifiers keep the key set: their libraries keep it for five minutes.
    pub signing_key_lead_seconds: u32,
    /// Seconds for which a signing key stays published after its last signature. At least as long
    /// as the longest-lived token that it may have signed.
    pub signing_key_retention_seconds: u32,
    /// Which addresses webhooks are sent to: `"public"`, `"loopback"` (those and this machine) or
    /// `"any"` (private networks too).
    pub webhook_reach: Reach,
    /// Seconds that a receiver of webhooks has to accept an event, 30 at most.
    pub webhook_timeout_seconds: u32,
}

impl Default for Operation {
    fn default() -> Self {
        Self {
            signing_key_lead_seconds: 300,
            signing_key_retention_seconds: 7 * 24 * 3600,
            webhook_reach: Reach::Loopback,
            webhook_timeout_seconds: 15,
        }
    }
}

impl Operation {
    /// What contradicts itself or the rest of the provider.
    pub(super) fn check(&self) -> Result<(), String> {
        // Senders hold a message for a minute and try eight of one endpoint after another.
        if !(1..=30).contains(&self.webhook_timeout_seconds) {
            return Err("operation.webhook_timeout_seconds must be 1 to 30".to_owned());
        }
        if self.signing_key_retention_seconds < 3600 {
            let text = "operation.signing_key_retention_seconds must be 3600 or more";
            return Err(text.to_owned());
        }
        Ok(())
    }

    /// How long a new signing key is published before it signs.
    #[must_use]
    pub fn signing_key_lead(&self) -> SignedDuration {
        SignedDuration::from_secs(self.signing_key_lead_seconds.into())
    }

    /// How long a signing key stays published after its last signature.
    #[must_use]
    pub fn signing_key_retention(&self) -> SignedDuration {
        SignedDuration::from_secs(self.signing_key_retention_seconds.into())
    }

    /// The bounds of an attempt to deliver a webhook.
    #[must_use]
    pub fn webhook_limits(&self) -> Limits {
        Limits {
            reach: self.webhook_reach,
            timeout: Duration::from_secs(self.webhook_timeout_seconds.into()),
        }
    }
}
