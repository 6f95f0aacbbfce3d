//! The shared secret of a webhook endpoint.

use std::fmt;

use aws_lc_rs::hmac::{Context, HMAC_SHA256, Key};
use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};

/// Standard alphabet; whether the padding was copied along does not matter.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// The protocol has 24 to 64 bytes; less is refused, more does no harm.
const MIN_BYTES: usize = 24;

/// A signing secret. `Debug` does not show it.
#[derive(Clone)]
pub struct Secret(Key);

/// A secret that cannot be one. It stops the start.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// Empty.
    #[error("the webhook signing secret is empty")]
    Empty,
    /// Not base64 after `whsec_`.
    #[error("the webhook signing secret is not base64")]
    NotBase64,
    /// Fewer than 24 bytes.
    #[error("the webhook signing secret is too short")]
    TooShort,
}

impl Secret {
    /// Reads `whsec_…`; the prefix may be missing.
    ///
    /// # Errors
    /// [`SecretError`]; it does not repeat the text.
    pub fn parse(text: &str) -> Result<Self, SecretError> {
        let text = text.trim();
        let base64 = text.strip_prefix("whsec_").unwrap_or(text);
        if base64.is_empty() {
            return Err(SecretError::Empty);
        }
        let bytes = BASE64.decode(base64).map_err(|_| SecretError::NotBase64)?;
        if bytes.len() < MIN_BYTES {
            return Err(SecretError::TooShort);
        }
        Ok(Self(Key::new(HMAC_SHA256, &bytes)))
    }

    /// The signature of the parts, joined by dots.
    pub(super) fn sign(&self, id: &str, timestamp: &str, body: &[u8]) -> aws_lc_rs::hmac::Tag {
        let mut context = Context::with_key(&self.0);
        context.update(id.as_bytes());
        context.update(b".");
        context.update(timestamp.as_bytes());
        context.update(b".");
        context.update(body);
        context.sign()
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret([redacted])")
    }
}
