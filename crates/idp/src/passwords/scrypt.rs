//! Digests of scrypt, as Werkzeug and Firebase write them.

use aws_lc_rs::cipher::{AES_256, EncryptingKey, EncryptionContext, UnboundCipherKey};
use aws_lc_rs::iv::FixedLength;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use scrypt::Params;
use subtle::ConstantTimeEq;

/// The most memory that a digest asks for: 256 MiB.
const MEMORY: u64 = 256 * 1024 * 1024;

/// A digest, read.
pub(super) struct Digest {
    params: Params,
    salt: Vec<u8>,
    hash: Vec<u8>,
    /// Firebase encrypts this key of the project with what scrypt made; the ciphertext is the hash.
    signer_key: Option<Vec<u8>>,
}

/// Reads a digest of that hasher.
pub(super) fn read(hasher: &str, digest: &str) -> Option<Digest> {
    match hasher {
        "scrypt_werkzeug" => werkzeug(digest),
        "scrypt_firebase" => firebase(digest),
        _ => None,
    }
}

/// `scrypt:<N>:<r>:<p>$<salt>$<hash in hexadecimal>`
fn werkzeug(digest: &str) -> Option<Digest> {
    let (method, rest) = digest.trim_start_matches('$').split_once('$')?;
    let (salt, hash) = rest.split_once('$')?;
    let numbers: Vec<u32> = method
        .strip_prefix("scrypt:")?
        .split(':')
        .map(|part| part.parse().ok())
        .collect::<Option<_>>()?;
    let [n, r, p] = numbers[..] else { return None };
    let hash = hex::decode(hash).ok().filter(|hash| hash.len() == 64)?;
    if salt.is_empty() || !n.is_power_of_two() {
        return None;
    }
    Some(Digest {
        params: params(n.trailing_zeros(), r, p)?,
        salt: salt.as_bytes().to_vec(),
        hash,
        signer_key: None,
    })
}

/// `<hash>$<salt>$<signer key>$<salt separator>$<rounds>$<memory cost>`, the first four in base64.
fn firebase(digest: &str) -> Option<Digest> {
    let parts: Vec<&str> = digest.split('$').collect();
    let [hash, salt, key, separator, rounds, memory] = parts[..] else {
        return None;
    };
    let read = |text: &str| STANDARD.decode(text).ok();
    let (hash, key) = (read(hash)?, read(key)?);
    if hash.len() != key.len() || !(16..=128).contains(&key.len()) {
        return None;
    }
    let mut salt = read(salt).filter(|salt| !salt.is_empty())?;
    salt.extend(read(separator)?);
    Some(Digest {
        params: params(memory.parse().ok()?, rounds.parse().ok()?, 1)?,
        salt,
        hash,
        signer_key: Some(key),
    })
}

fn params(log_n: u32, r: u32, p: u32) -> Option<Params> {
    let fits = (1..=17).contains(&log_n)
        && (1..=32).contains(&r)
        && (1..=4).contains(&p)
        && (128_u64 << log_n) * u64::from(r) <= MEMORY;
    fits.then(|| Params::new(u8::try_from(log_n).ok()?, r, p).ok())?
}

impl Digest {
    /// Whether the password is the digest's.
    pub(super) fn verify(&self, password: &str) -> bool {
        let mut derived = [0_u8; 64];
        let made = scrypt::scrypt(password.as_bytes(), &self.salt, &self.params, &mut derived);
        if made.is_err() {
            return false;
        }
        match &self.signer_key {
            None => derived.ct_eq(&self.hash[..]).into(),
            Some(key) => {
                encrypted(&derived[..32], key).is_some_and(|hash| hash.ct_eq(&self.hash).into())
            }
        }
    }
}

/// AES-256 in counter mode from zero.
fn encrypted(key: &[u8], text: &[u8]) -> Option<Vec<u8>> {
    let key = EncryptingKey::ctr(UnboundCipherKey::new(&AES_256, key).ok()?).ok()?;
    let mut text = text.to_vec();
    let start = EncryptionContext::Iv128(FixedLength::from([0_u8; 16]));
    key.less_safe_encrypt(&mut text, start).ok()?;
    Some(text)
}
