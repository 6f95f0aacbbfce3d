//! A set of public keys.

use std::collections::HashMap;
use std::sync::Arc;

use aws_lc_rs::signature::{ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde::Deserialize;
use serde_json::Value;

/// More keys than this in one set are ignored: an issuer has two or three.
const MAX_KEYS: usize = 64;

/// The least size of a modulus; shorter keys are not keys to us.
const MIN_MODULUS_BYTES: usize = 256;

/// One RSA key, parsed once.
pub(super) struct Key {
    public: ParsedPublicKey,
    /// What tells it from another key under the same id.
    spki: Vec<u8>,
}

impl Key {
    fn new(public: ParsedPublicKey) -> Self {
        let spki = public.as_ref().to_vec();
        Self { public, spki }
    }

    /// Whether `signature` is this key's RS256 signature of `message`.
    pub(super) fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        self.public.verify_sig(message, signature).is_ok()
    }
}

/// The keys that an issuer publishes, by their ids.
#[derive(Default)]
pub(super) struct KeySet {
    by_id: HashMap<String, Arc<Key>>,
    /// A key without an id, configured by hand, that serves every id.
    any: Option<Arc<Key>>,
}

/// A set in which nothing can be used.
#[derive(Debug, thiserror::Error)]
pub(super) enum KeySetError {
    #[error("the key set is not JSON of the right shape")]
    Malformed(#[source] serde_json::Error),
    #[error("the key set holds no usable RSA key")]
    Empty,
}

#[derive(Deserialize)]
struct RawSet {
    keys: Vec<Value>,
}

#[derive(Deserialize)]
struct RawKey {
    kty: String,
    kid: String,
    #[serde(rename = "use")]
    usage: Option<String>,
    alg: Option<String>,
    n: String,
    e: String,
}

impl KeySet {
    /// Reads a JWKS. Keys of other kinds are passed over, and so are those that cannot be read: a
    /// new kind of key beside ours must not lock everybody out.
    pub(super) fn from_jwks(json: &[u8]) -> Result<Self, KeySetError> {
        let raw: RawSet = serde_json::from_slice(json).map_err(KeySetError::Malformed)?;
        let mut set = Self::default();
        for key in raw.keys.into_iter().take(MAX_KEYS) {
            if let Some((id, key)) = read_jwk(key) {
                set.by_id.entry(id).or_insert_with(|| Arc::new(key));
            }
        }
        if set.by_id.is_empty() {
            Err(KeySetError::Empty)
        } else {
            Ok(set)
        }
    }

    /// Reads one PEM block, with or without its line breaks.
    pub(super) fn from_pem(pem: &str) -> Result<Self, KeySetError> {
        let mut body = pem.trim();
        if let Some((_, rest)) = body
            .strip_prefix("-----BEGIN")
            .and_then(|b| b.split_once("-----"))
        {
            body = rest.split_once("-----END").ok_or(KeySetError::Empty)?.0;
        }
        let base64: String = body
            .replace("\\n", "")
            .chars()
            .filter(|c| !c.is_whitespace())
            .collect();
        let der = STANDARD.decode(base64).map_err(|_| KeySetError::Empty)?;
        let public = ParsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA256, der)
            .map_err(|_| KeySetError::Empty)?;
        Ok(Self {
            by_id: HashMap::new(),
            any: Some(Arc::new(Key::new(public))),
        })
    }

    /// The key of an id.
    pub(super) fn get(&self, id: &str) -> Option<Arc<Key>> {
        self.by_id.get(id).or(self.any.as_ref()).cloned()
    }

    /// How many keys there are.
    pub(super) fn len(&self) -> usize {
        self.by_id.len() + usize::from(self.any.is_some())
    }

    /// Whether both hold the same keys under the same ids.
    pub(super) fn same_as(&self, other: &Self) -> bool {
        self.by_id.len() == other.by_id.len()
            && self.by_id.iter().all(|(id, key)| {
                other
                    .by_id
                    .get(id)
                    .is_some_and(|theirs| theirs.spki == key.spki)
            })
    }
}

fn read_jwk(value: Value) -> Option<(String, Key)> {
    let raw: RawKey = serde_json::from_value(value).ok()?;
    let signs = raw.usage.is_none_or(|usage| usage == "sig");
    let ours = raw.kty == "RSA" && raw.alg.is_none_or(|alg| alg == "RS256");
    if !signs || !ours || raw.kid.is_empty() {
        return None;
    }
    let n = component(&raw.n)?;
    let e = component(&raw.e)?;
    if n.len() < MIN_MODULUS_BYTES {
        return None;
    }
    let public = RsaPublicKeyComponents { n, e }
        .to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256)
        .ok()?;
    Some((raw.kid, Key::new(public)))
}

/// An unsigned number in base64url; leading zeros are dropped, as some issuers write them.
fn component(text: &str) -> Option<Vec<u8>> {
    let bytes = URL_SAFE_NO_PAD.decode(text.trim_end_matches('=')).ok()?;
    let first = bytes.iter().position(|byte| *byte != 0)?;
    Some(bytes[first..].to_vec())
}
