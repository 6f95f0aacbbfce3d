//! Signing keys of one's own.

use aws_lc_rs::hmac;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::KeyPair;
use aws_lc_rs::signature::{RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RsaEncoding};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::{Value, json};

use crate::error::{Error, Result};

/// The shortest shared secret, in bytes: as much as the shortest of the hashes.
const MIN_SECRET: usize = 32;

/// How tokens are signed with a key of one's own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// HMAC with SHA-256.
    Hs256,
    /// HMAC with SHA-384.
    Hs384,
    /// HMAC with SHA-512.
    Hs512,
    /// RSA with SHA-256.
    Rs256,
    /// RSA with SHA-384.
    Rs384,
    /// RSA with SHA-512.
    Rs512,
}

enum Kind {
    Secret(hmac::Algorithm),
    Rsa(&'static dyn RsaEncoding),
}

impl Algorithm {
    /// Reads the name that JSON Web Algorithms has for it.
    #[must_use]
    pub fn read(name: &str) -> Option<Self> {
        [
            Self::Hs256,
            Self::Hs384,
            Self::Hs512,
            Self::Rs256,
            Self::Rs384,
            Self::Rs512,
        ]
        .into_iter()
        .find(|algorithm| algorithm.as_str() == name)
    }

    /// Its name.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Hs256 => "HS256",
            Self::Hs384 => "HS384",
            Self::Hs512 => "HS512",
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
            Self::Rs512 => "RS512",
        }
    }

    fn kind(self) -> Kind {
        match self {
            Self::Hs256 => Kind::Secret(hmac::HMAC_SHA256),
            Self::Hs384 => Kind::Secret(hmac::HMAC_SHA384),
            Self::Hs512 => Kind::Secret(hmac::HMAC_SHA512),
            Self::Rs256 => Kind::Rsa(&RSA_PKCS1_SHA256),
            Self::Rs384 => Kind::Rsa(&RSA_PKCS1_SHA384),
            Self::Rs512 => Kind::Rsa(&RSA_PKCS1_SHA512),
        }
    }

    /// Whether `key` can sign: a long enough secret, or an RSA key in PEM.
    #[must_use]
    pub fn takes(self, key: &str) -> bool {
        match self.kind() {
            Kind::Secret(_) => key.len() >= MIN_SECRET,
            Kind::Rsa(_) => rsa(key).is_ok(),
        }
    }

    /// A compact JWS of `claims`.
    ///
    /// # Errors
    /// The key cannot sign.
    pub fn sign(self, key: &str, category: &str, claims: &Value) -> Result<String> {
        let header = json!({ "alg": self.as_str(), "cat": category, "typ": "JWT" });
        let mut token = URL_SAFE_NO_PAD.encode(header.to_string());
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(claims.to_string(), &mut token);
        let signature = match self.kind() {
            Kind::Secret(algorithm) => {
                let key = hmac::Key::new(algorithm, key.as_bytes());
                hmac::sign(&key, token.as_bytes()).as_ref().to_vec()
            }
            Kind::Rsa(encoding) => {
                let pair = rsa(key)?;
                let mut signature = vec![0; pair.public_modulus_len()];
                pair.sign(
                    encoding,
                    &SystemRandom::new(),
                    token.as_bytes(),
                    &mut signature,
                )
                .map_err(|_| Error::Crypto("signing failed".to_owned()))?;
                signature
            }
        };
        token.push('.');
        URL_SAFE_NO_PAD.encode_string(signature, &mut token);
        Ok(token)
    }
}

/// An RSA key in PEM, of PKCS#8 or PKCS#1.
fn rsa(pem: &str) -> Result<KeyPair> {
    let unreadable = || Error::Crypto("a template's signing key cannot be read".to_owned());
    let pem = pem.trim();
    let body = |label: &str| {
        pem.strip_prefix(&format!("-----BEGIN {label}-----"))?
            .strip_suffix(&format!("-----END {label}-----"))
    };
    let decode = |text: &str| {
        let text: String = text.chars().filter(|c| !c.is_ascii_whitespace()).collect();
        STANDARD.decode(text).map_err(|_| unreadable())
    };
    if let Some(text) = body("PRIVATE KEY") {
        return KeyPair::from_pkcs8(&decode(text)?).map_err(|_| unreadable());
    }
    let text = body("RSA PRIVATE KEY").ok_or_else(unreadable)?;
    KeyPair::from_der(&decode(text)?).map_err(|_| unreadable())
}
