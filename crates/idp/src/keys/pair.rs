//! One RSA 2048 key: made, written down, read, published, used.

use aws_lc_rs::encoding::{AsDer, Pkcs8V1Der};
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair, KeySize};
use aws_lc_rs::signature::{KeyPair as _, RSA_PKCS1_SHA256};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::error::{Error, Result};

const PEM_BEGIN: &str = "-----BEGIN PRIVATE KEY-----";
const PEM_END: &str = "-----END PRIVATE KEY-----";

/// A key pair.
pub(super) struct Pair(KeyPair);

impl Pair {
    /// A new one. Takes a tenth of a second of a processor, off the async threads.
    pub(super) async fn generate() -> Result<Self> {
        tokio::task::spawn_blocking(|| KeyPair::generate(KeySize::Rsa2048))
            .await
            .map_err(|error| Error::Crypto(format!("key generation: {error}")))?
            .map(Self)
            .map_err(|_| Error::Crypto("key generation failed".to_owned()))
    }

    /// Signs `content` by RS256; base64.
    pub(super) fn sign(&self, content: &[u8]) -> Result<String> {
        let mut signature = vec![0; self.0.public_modulus_len()];
        self.0
            .sign(
                &RSA_PKCS1_SHA256,
                &SystemRandom::new(),
                content,
                &mut signature,
            )
            .map_err(|_| Error::Crypto("signing failed".to_owned()))?;
        Ok(URL_SAFE_NO_PAD.encode(signature))
    }

    /// The public half as a JSON Web Key.
    pub(super) fn public_jwk(&self, kid: &str) -> Value {
        let public = self.0.public_key();
        json!({
            "use": "sig",
            "kty": "RSA",
            "kid": kid,
            "alg": "RS256",
            "n": URL_SAFE_NO_PAD.encode(public.modulus().big_endian_without_leading_zero()),
            "e": URL_SAFE_NO_PAD.encode(public.exponent().big_endian_without_leading_zero()),
        })
    }

    /// PKCS#8 in PEM.
    pub(super) fn to_pem(&self) -> Result<String> {
        let der: Pkcs8V1Der<'_> = self
            .0
            .as_der()
            .map_err(|_| Error::Crypto("the key cannot be written".to_owned()))?;
        let text = STANDARD.encode(der.as_ref());
        let mut pem = String::from(PEM_BEGIN);
        for (index, character) in text.chars().enumerate() {
            if index % 64 == 0 {
                pem.push('\n');
            }
            pem.push(character);
        }
        pem.push('\n');
        pem.push_str(PEM_END);
        pem.push('\n');
        Ok(pem)
    }

    /// Reads PKCS#8 in PEM.
    pub(super) fn from_pem(pem: &str) -> Result<Self> {
        let unreadable = || Error::Crypto("a stored signing key cannot be read".to_owned());
        let body = pem
            .trim()
            .strip_prefix(PEM_BEGIN)
            .and_then(|rest| rest.strip_suffix(PEM_END))
            .ok_or_else(unreadable)?;
        let text: String = body.chars().filter(|c| !c.is_ascii_whitespace()).collect();
        let der = STANDARD.decode(text).map_err(|_| unreadable())?;
        KeyPair::from_pkcs8(&der)
            .map(Self)
            .map_err(|_| unreadable())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_key_survives_being_written_down() {
        let pair = Pair::generate().await.unwrap();
        let again = Pair::from_pem(&pair.to_pem().unwrap()).unwrap();
        assert_eq!(pair.public_jwk("k"), again.public_jwk("k"));
        assert_eq!(pair.public_jwk("k")["e"], "AQAB");
        assert!(Pair::from_pem("nonsense").is_err());
    }
}
