//! Digests of PBKDF2, in the forms of several systems: `<name>$<iterations>$<salt>$<hash>`.

use std::num::NonZeroU32;

use aws_lc_rs::pbkdf2::{self, Algorithm};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// The most iterations: about a second of SHA-512.
const ITERATIONS: std::ops::RangeInclusive<u32> = 1..=2_000_000;

/// A digest, read.
pub(super) struct Digest {
    algorithm: Algorithm,
    iterations: NonZeroU32,
    salt: Vec<u8>,
    hash: Vec<u8>,
}

/// Reads a digest of that hasher.
pub(super) fn read(hasher: &str, digest: &str) -> Option<Digest> {
    let mut parts = digest.split('$');
    let (name, iterations) = (parts.next()?, parts.next()?.parse().ok()?);
    let (salt, hash, length) = (parts.next()?, parts.next()?, parts.next());
    if salt.is_empty() || !ITERATIONS.contains(&iterations) || parts.next().is_some() {
        return None;
    }
    let plain = || Some(salt.as_bytes().to_vec());
    let (expected, algorithm, bytes, salt, hash) = match hasher {
        "pbkdf2_sha1" => (
            "pbkdf2_sha1",
            pbkdf2::PBKDF2_HMAC_SHA1,
            20,
            plain(),
            hex::decode(hash).ok(),
        ),
        "pbkdf2_sha256" => (
            "pbkdf2_sha256",
            pbkdf2::PBKDF2_HMAC_SHA256,
            32,
            STANDARD.decode(salt).ok(),
            STANDARD.decode(hash).ok(),
        ),
        "pbkdf2_sha256_django" => (
            "pbkdf2_sha256",
            pbkdf2::PBKDF2_HMAC_SHA256,
            32,
            plain(),
            STANDARD.decode(hash).ok(),
        ),
        "pbkdf2_sha512" => (
            "pbkdf2_sha512",
            pbkdf2::PBKDF2_HMAC_SHA512,
            64,
            plain(),
            hex::decode(hash).ok(),
        ),
        "pbkdf2_sha512_hex" => (
            "pbkdf2_sha512_hex",
            pbkdf2::PBKDF2_HMAC_SHA512,
            64,
            hex::decode(salt).ok(),
            hex::decode(hash).ok(),
        ),
        _ => return None,
    };
    let hash = hash?;
    // One form names the length of its hash; all others have that of their function.
    let bytes = match length {
        Some(length) if hasher == "pbkdf2_sha1" => length.parse().ok()?,
        Some(_) => return None,
        None => bytes,
    };
    if name != expected || hash.len() != bytes || !(16..=128).contains(&bytes) {
        return None;
    }
    Some(Digest {
        algorithm,
        iterations: NonZeroU32::new(iterations)?,
        salt: salt?,
        hash,
    })
}

impl Digest {
    /// Whether the password is the digest's.
    pub(super) fn verify(&self, password: &str) -> bool {
        let secret = password.as_bytes();
        pbkdf2::verify(
            self.algorithm,
            self.iterations,
            &self.salt,
            secret,
            &self.hash,
        )
        .is_ok()
    }
}
