//! Signing secrets and signatures.

use std::fmt;

use aws_lc_rs::hmac;
use base64::{Engine, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};

const PREFIX: &str = "whsec_";
/// What receivers' libraries accept as a key, in bytes.
const KEY_LENGTH: std::ops::RangeInclusive<usize> = 24..=64;

/// An endpoint's secret, `whsec_` and base64 of 24 to 64 bytes.
#[derive(Clone)]
pub struct SigningSecret {
    text: SecretString,
    key: hmac::Key,
}

/// Why a text is no signing secret. Never shows the text.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum SecretError {
    /// The prefix is missing.
    #[error("a webhook secret starts with whsec_")]
    Prefix,
    /// What follows the prefix is not base64.
    #[error("a webhook secret is base64 after whsec_")]
    Base64,
    /// The key is too short to be safe or too long to be accepted.
    #[error("a webhook secret holds 24 to 64 bytes, this one {0}")]
    Length(usize),
}

impl SigningSecret {
    /// Reads a secret as the dashboard shows it.
    ///
    /// # Errors
    /// When it is not `whsec_` and base64 of 24 to 64 bytes.
    pub fn parse(text: &str) -> Result<Self, SecretError> {
        let encoded = text.strip_prefix(PREFIX).ok_or(SecretError::Prefix)?;
        let key = STANDARD.decode(encoded).map_err(|_| SecretError::Base64)?;
        if !KEY_LENGTH.contains(&key.len()) {
            return Err(SecretError::Length(key.len()));
        }
        Ok(Self {
            text: text.into(),
            key: hmac::Key::new(hmac::HMAC_SHA256, &key),
        })
    }

    /// The secret's text, to be stored or handed to the receiver.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.text.expose_secret()
    }

    /// One entry of the header `svix-signature`: `v1,` and the base64 of HMAC-SHA256 over
    /// `{id}.{unix seconds}.{body}`.
    #[must_use]
    pub fn sign(&self, id: &str, at: Timestamp, body: &[u8]) -> String {
        let mut context = hmac::Context::with_key(&self.key);
        context.update(id.as_bytes());
        context.update(b".");
        context.update(at.as_second().to_string().as_bytes());
        context.update(b".");
        context.update(body);
        format!("v1,{}", STANDARD.encode(context.sign()))
    }
}

impl fmt::Debug for SigningSecret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SigningSecret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_what_receivers_would_refuse() {
        let parse = |text: &str| SigningSecret::parse(text).err();
        assert_eq!(
            parse("MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"),
            Some(SecretError::Prefix)
        );
        assert_eq!(parse("whsec_@@@"), Some(SecretError::Base64));
        assert_eq!(parse("whsec_c2hvcnQ="), Some(SecretError::Length(5)));
        assert_eq!(parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"), None);
    }

    #[test]
    fn signs_what_every_library_accepts() {
        let vectors = include_str!("../../tests/fixtures/webhook-signature-vectors.json");
        let vectors: serde_json::Value = serde_json::from_str(vectors).unwrap();
        let mut checked = 0;
        for vector in vectors["vectors"].as_array().unwrap() {
            let text = |field: &str| vector[field].as_str().unwrap_or_default();
            let Ok(secret) = SigningSecret::parse(text("secret")) else {
                continue;
            };
            if text("expected") != "accept" || text("header_names") != "svix" {
                continue;
            }
            let at = Timestamp::from_second(text("timestamp").parse().unwrap()).unwrap();
            let signature = secret.sign(text("id"), at, text("body").as_bytes());
            assert!(
                text("signature").split(' ').any(|entry| entry == signature),
                "{}",
                text("name")
            );
            checked += 1;
        }
        assert!(checked >= 5, "only {checked} vectors apply");
    }

    #[test]
    fn debug_shows_nothing() {
        let secret = SigningSecret::parse("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw").unwrap();
        assert_eq!(format!("{secret:?}"), "SigningSecret(…)");
    }
}
