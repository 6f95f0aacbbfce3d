//! Digests that other systems made, as the Backend API takes them over.
//!
//! A digest is stored with the name of its hasher in front of it, `{bcrypt}$2b$…`, until its owner
//! signs in: then the password is known and an argon2id digest takes its place. Each form is read
//! whole before it is stored, and the work that it asks for is bounded: a digest is input, and it
//! is checked again and again for whoever tries to sign in.

use argon2::password_hash::PasswordVerifier;
use argon2::password_hash::phc::PasswordHash;
use argon2::{Argon2, Params};

use super::{pbkdf2, scrypt, simple};

/// The longest digest of any form, in bytes.
const MAX: usize = 1024;
/// The most that a bcrypt digest may cost: about a second.
const BCRYPT_COST: std::ops::RangeInclusive<u32> = 4..=14;
/// The most memory of an argon2 digest, in KiB.
const ARGON2_MEMORY: u32 = 256 * 1024;
/// The most passes of an argon2 digest over all of its memory, in KiB.
const ARGON2_WORK: u64 = 4 * 256 * 1024;

/// A digest whose form is known.
pub(super) enum Digest {
    Argon2(String),
    Bcrypt(String),
    /// bcrypt of the password's SHA-256 in hexadecimal.
    BcryptSha256(String),
    Pbkdf2(pbkdf2::Digest),
    Scrypt(scrypt::Digest),
    Simple(simple::Digest),
}

/// What is stored of a digest of that hasher; `None` where the hasher is unknown, the digest is not
/// in its form, or it would cost too much.
#[must_use]
pub fn accept(hasher: &str, digest: &str) -> Option<String> {
    read(hasher, digest)?;
    Some(match hasher {
        "argon2i" | "argon2id" => digest.to_owned(),
        _ => format!("{{{hasher}}}{digest}"),
    })
}

/// The stored digest, read; `None` for one that this provider made.
pub(super) fn stored(text: &str) -> Option<Digest> {
    let (hasher, digest) = text.strip_prefix('{')?.split_once('}')?;
    read(hasher, digest)
}

/// Whether an argon2 digest is one that [`super::Passwords`] would make now.
pub(super) fn is_current(text: &str) -> bool {
    PasswordHash::new(text).is_ok_and(|hash| {
        let now = Params::default();
        let same =
            |params: Params| params.m_cost() >= now.m_cost() && params.t_cost() >= now.t_cost();
        hash.algorithm.as_str() == "argon2id" && Params::try_from(&hash).is_ok_and(same)
    })
}

/// Whether the password is that of an argon2 digest; `None` where it is none.
pub(super) fn verify_argon2(password: &str, digest: &str) -> Option<bool> {
    let digest = PasswordHash::new(digest).ok()?;
    let fits = Argon2::default().verify_password(password.as_bytes(), &digest);
    Some(fits.is_ok())
}

fn read(hasher: &str, digest: &str) -> Option<Digest> {
    if digest.len() > MAX {
        return None;
    }
    Some(match hasher {
        "argon2i" | "argon2id" => {
            let hash = PasswordHash::new(digest).ok()?;
            let params = Params::try_from(&hash).ok()?;
            let work = u64::from(params.m_cost()) * u64::from(params.t_cost());
            let fits = hash.algorithm.as_str() == hasher
                && hash.hash.is_some()
                && params.m_cost() <= ARGON2_MEMORY
                && work <= ARGON2_WORK
                && params.p_cost() <= 16;
            Digest::Argon2(fits.then(|| digest.to_owned())?)
        }
        "bcrypt" => Digest::Bcrypt(bcrypt(digest)?),
        "bcrypt_sha256_django" => {
            Digest::BcryptSha256(bcrypt(digest.strip_prefix("bcrypt_sha256$")?)?)
        }
        "scrypt_firebase" | "scrypt_werkzeug" => Digest::Scrypt(scrypt::read(hasher, digest)?),
        "pbkdf2_sha1"
        | "pbkdf2_sha256"
        | "pbkdf2_sha256_django"
        | "pbkdf2_sha512"
        | "pbkdf2_sha512_hex" => Digest::Pbkdf2(pbkdf2::read(hasher, digest)?),
        _ => Digest::Simple(simple::read(hasher, digest)?),
    })
}

fn bcrypt(digest: &str) -> Option<String> {
    let parts: bcrypt::HashParts = digest.parse().ok()?;
    let is_whole = digest.len() == 60 && BCRYPT_COST.contains(&parts.get_cost());
    is_whole.then(|| digest.to_owned())
}

impl Digest {
    /// Whether the password is the digest's.
    pub(super) fn verify(&self, password: &str) -> bool {
        match self {
            Self::Argon2(digest) => verify_argon2(password, digest).unwrap_or(false),
            Self::Bcrypt(digest) => bcrypt::verify(password, digest).unwrap_or(false),
            Self::BcryptSha256(digest) => {
                let inner =
                    aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, password.as_bytes());
                bcrypt::verify(hex::encode(inner), digest).unwrap_or(false)
            }
            Self::Pbkdf2(digest) => digest.verify(password),
            Self::Scrypt(digest) => digest.verify(password),
            Self::Simple(digest) => digest.verify(password),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::vectors::KNOWN;
    use super::*;

    #[test]
    fn knows_the_password_of_every_form_and_no_other() {
        for (hasher, password, digest) in KNOWN {
            let stored_as = accept(hasher, digest).unwrap_or_else(|| panic!("{hasher} {digest}"));
            let digest = match stored(&stored_as) {
                Some(digest) => digest,
                None => read(hasher, &stored_as).unwrap(),
            };
            assert!(digest.verify(password), "{hasher}");
            assert!(!digest.verify("another password"), "{hasher}");
            assert!(!digest.verify(""), "{hasher}");
        }
    }

    #[test]
    fn refuses_what_is_malformed_or_of_another_hasher() {
        for (hasher, _, digest) in KNOWN {
            let cut = &digest[..digest.len() / 2];
            assert!(accept(hasher, cut).is_none(), "{hasher}: {cut}");
            assert!(accept(hasher, "").is_none(), "{hasher}");
            assert!(accept("awscognito", digest).is_none());
            let longer = format!("{digest}{}", "a".repeat(MAX));
            assert!(accept(hasher, &longer).is_none(), "{hasher}");
        }
        assert!(
            accept(
                "argon2i",
                "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNo"
            )
            .is_none()
        );
    }

    #[test]
    fn refuses_what_would_cost_too_much() {
        let b64 = "A".repeat(43);
        for (hasher, digest) in [
            ("bcrypt", format!("$2b$20${}", "a".repeat(53))),
            (
                "argon2id",
                format!("$argon2id$v=19$m=4194304,t=2,p=1$c2FsdHNhbHQ${b64}"),
            ),
            (
                "argon2id",
                format!("$argon2id$v=19$m=262144,t=100,p=1$c2FsdHNhbHQ${b64}"),
            ),
            (
                "pbkdf2_sha256_django",
                format!("pbkdf2_sha256$999999999$salt${b64}="),
            ),
            (
                "scrypt_werkzeug",
                format!("scrypt:1073741824:8:1$salt${}", "a".repeat(128)),
            ),
            (
                "scrypt_werkzeug",
                format!("scrypt:131072:1000:1$salt${}", "a".repeat(128)),
            ),
            ("phpass", format!("$P$S{}", "a".repeat(30))),
            (
                "sha512_symfony",
                format!("sha512_symfony$999999999$salt${}==", "A".repeat(86)),
            ),
        ] {
            assert!(accept(hasher, &digest).is_none(), "{hasher}: {digest}");
        }
    }
}
