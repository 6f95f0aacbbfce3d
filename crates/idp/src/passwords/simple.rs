//! Digests of plain hash functions, with and without salt. None of them resists whoever has stolen
//! it; they are accepted so that their owners can sign in once and get a better one.

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, SHA256, SHA512, digest};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use md5::{Digest as _, Md5};
use subtle::ConstantTimeEq;

/// The alphabet of phpass, in the order of its values.
const PHPASS: &[u8; 64] = b"./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/// Rounds of phpass, as a power of two: at most a quarter of a second.
const PHPASS_ROUNDS: std::ops::RangeInclusive<usize> = 7..=18;
/// The most iterations of Symfony's hasher.
const SYMFONY_ITERATIONS: std::ops::RangeInclusive<u32> = 1..=100_000;

/// A digest, read.
pub(super) enum Digest {
    Md5(Vec<u8>),
    Sha256(Vec<u8>),
    /// SHA-1 of password and salt.
    Ssha {
        hash: Vec<u8>,
        salt: Vec<u8>,
    },
    /// MD5, iterated.
    Phpass {
        rounds: u32,
        salt: Vec<u8>,
        hash: String,
    },
    /// SHA-512, iterated.
    Symfony {
        iterations: u32,
        salt: String,
        hash: Vec<u8>,
    },
}

/// Reads a digest of that hasher.
pub(super) fn read(hasher: &str, text: &str) -> Option<Digest> {
    let hex_of = |bytes: usize| hex::decode(text).ok().filter(|hash| hash.len() == bytes);
    Some(match hasher {
        "md5" => Digest::Md5(hex_of(16)?),
        "sha256" => Digest::Sha256(hex_of(32)?),
        "ldap_ssha" => {
            let mut hash = STANDARD.decode(text.strip_prefix("{SSHA}")?).ok()?;
            if hash.len() < 24 {
                return None;
            }
            let salt = hash.split_off(20);
            Digest::Ssha { hash, salt }
        }
        "phpass" => {
            let rest = text.strip_prefix("$P$").or(text.strip_prefix("$H$"))?;
            let is_whole = rest.len() == 31 && rest.bytes().all(|byte| PHPASS.contains(&byte));
            let first = *rest.as_bytes().first()?;
            let log = PHPASS.iter().position(|byte| *byte == first)?;
            if !is_whole || !PHPASS_ROUNDS.contains(&log) {
                return None;
            }
            Digest::Phpass {
                rounds: 1 << log,
                salt: rest.as_bytes()[1..9].to_vec(),
                hash: rest[9..].to_owned(),
            }
        }
        "sha512_symfony" => {
            let parts: Vec<&str> = text.split('$').collect();
            let ["sha512_symfony", iterations, salt, hash] = parts[..] else {
                return None;
            };
            let iterations = iterations.parse().ok()?;
            let hash = STANDARD.decode(hash).ok().filter(|hash| hash.len() == 64)?;
            if salt.is_empty() || !SYMFONY_ITERATIONS.contains(&iterations) {
                return None;
            }
            Digest::Symfony {
                iterations,
                salt: salt.to_owned(),
                hash,
            }
        }
        _ => return None,
    })
}

impl Digest {
    /// Whether the password is the digest's.
    pub(super) fn verify(&self, password: &str) -> bool {
        let password = password.as_bytes();
        let (made, wanted) = match self {
            Self::Md5(hash) => (Md5::digest(password).to_vec(), hash.clone()),
            Self::Sha256(hash) => (digest(&SHA256, password).as_ref().to_vec(), hash.clone()),
            Self::Ssha { hash, salt } => {
                let salted = [password, salt].concat();
                let made = digest(&SHA1_FOR_LEGACY_USE_ONLY, &salted);
                (made.as_ref().to_vec(), hash.clone())
            }
            Self::Phpass { rounds, salt, hash } => {
                let mut made = Md5::digest([salt, password].concat());
                for _ in 0..*rounds {
                    made = Md5::digest([made.as_slice(), password].concat());
                }
                (phpass(&made).into_bytes(), hash.clone().into_bytes())
            }
            Self::Symfony {
                iterations,
                salt,
                hash,
            } => {
                let salted = [password, b"{", salt.as_bytes(), b"}"].concat();
                let mut made = digest(&SHA512, &salted);
                for _ in 1..*iterations {
                    made = digest(&SHA512, &[made.as_ref(), &salted].concat());
                }
                (made.as_ref().to_vec(), hash.clone())
            }
        };
        made.ct_eq(&wanted).into()
    }
}

/// Writes bytes in phpass's own alphabet: groups of three, the lowest six bits first.
fn phpass(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(22);
    for group in bytes.chunks(3) {
        let value = group
            .iter()
            .rev()
            .fold(0_usize, |value, byte| (value << 8) | usize::from(*byte));
        for digit in 0..=group.len() {
            text.push(char::from(PHPASS[(value >> (6 * digit)) & 63]));
        }
    }
    text
}
