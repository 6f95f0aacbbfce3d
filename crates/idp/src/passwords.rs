//! Passwords: argon2id, off the async threads, a bounded number at a time.

pub mod foreign;
mod pbkdf2;
mod scrypt;
mod simple;
#[cfg(test)]
mod vectors;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use argon2::Argon2;
use argon2::password_hash::PasswordHasher;
use argon2::password_hash::phc::PasswordHash;
use bailiwick_kernel::Env;
use http::StatusCode;
use tokio::sync::Semaphore;

use crate::error::{Error, Refusal, Result};

/// Fewest characters of a password.
pub const MIN_LENGTH: usize = 8;
/// Most characters of a password, as at Clerk.
pub const MAX_LENGTH: usize = 72;

/// Hashes that are computed at once: each takes 19 MiB and a processor for some 25 ms.
const AT_ONCE: usize = 4;

/// Hashes and verifies passwords.
#[derive(Clone)]
pub struct Passwords {
    env: Env,
    gate: Arc<Semaphore>,
    runs: Arc<AtomicU64>,
    /// The digest that is tried where there is none, so that it takes as long.
    nobody: Arc<str>,
}

impl Passwords {
    /// Prepares the digest of nobody.
    pub fn new(env: &Env) -> Result<Self> {
        let nobody = hash(&env.bytes::<16>(), &hex::encode(env.bytes::<16>()))?;
        Ok(Self {
            env: env.clone(),
            gate: Arc::new(Semaphore::new(AT_ONCE)),
            runs: Arc::new(AtomicU64::new(0)),
            nobody: nobody.into(),
        })
    }

    /// How many hashes were computed since the start.
    #[must_use]
    pub fn runs(&self) -> u64 {
        self.runs.load(Ordering::Relaxed)
    }

    /// Digests a password, in PHC form. The rules are not checked here.
    pub async fn hash(&self, password: &str) -> Result<String> {
        let (salt, password) = (self.env.bytes::<16>(), password.to_owned());
        self.run(move || hash(&salt, &password)).await?
    }

    /// Whether `password` belongs to `digest`. Without a digest the answer is no, after the same
    /// work. With a digest that another system made an argon2id hash is computed too, so that the
    /// answer takes no less time than for anybody else.
    pub async fn verify(&self, password: &str, digest: Option<&str>) -> Result<bool> {
        Ok(self.prove(password, digest).await?.is_right)
    }

    /// The same, together with the digest that should take the place of an old one.
    pub async fn prove(&self, password: &str, digest: Option<&str>) -> Result<Proof> {
        let known = digest.is_some();
        let digest = digest.map_or_else(|| self.nobody.to_string(), str::to_owned);
        // A longer one was never set; hashing it would be work for nothing.
        let password: String = password.chars().take(MAX_LENGTH + 1).collect();
        let salt = self.env.bytes::<16>();
        let proof = self.run(move || prove(&salt, &password, &digest)).await??;
        Ok(if known { proof } else { Proof::default() })
    }

    async fn run<T: Send + 'static>(&self, work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
        let _permit = self
            .gate
            .acquire()
            .await
            .map_err(|error| Error::Crypto(format!("password gate: {error}")))?;
        self.runs.fetch_add(1, Ordering::Relaxed);
        tokio::task::spawn_blocking(work)
            .await
            .map_err(|error| Error::Crypto(format!("password hashing: {error}")))
    }
}

/// What came of a password that was compared with a digest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Proof {
    /// Whether it is the digest's.
    pub is_right: bool,
    /// An argon2id digest of the password, where it is right and the one that is stored is of
    /// another kind or weaker than those that are made now.
    pub better: Option<String>,
}

fn prove(salt: &[u8], password: &str, stored: &str) -> Result<Proof> {
    if let Some(digest) = foreign::stored(stored) {
        let better = hash(salt, password)?;
        let is_right = digest.verify(password);
        return Ok(Proof {
            is_right,
            better: is_right.then_some(better),
        });
    }
    let is_right = foreign::verify_argon2(password, stored)
        .ok_or_else(|| Error::Crypto("a stored password cannot be read".to_owned()))?;
    let better = match is_right && !foreign::is_current(stored) {
        true => Some(hash(salt, password)?),
        false => None,
    };
    Ok(Proof { is_right, better })
}

fn hash(salt: &[u8], password: &str) -> Result<String> {
    let digest: PasswordHash = Argon2::default()
        .hash_password_with_salt(password.as_bytes(), salt)
        .map_err(|error| Error::Crypto(format!("password: {error}")))?;
    Ok(digest.to_string())
}

/// Refuses a new password that breaks the rules; `param` is the form's field.
pub fn check_rules(password: &str, param: &str) -> Result<(), Refusal> {
    let refuse = |code: &str, text: String| {
        Err(Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, code, text).param(param))
    };
    let length = password.chars().count();
    if length < MIN_LENGTH {
        let text = format!("Passwords must be {MIN_LENGTH} characters or more.");
        return refuse("form_password_length_too_short", text);
    }
    if length > MAX_LENGTH {
        let text = format!("Passwords must be {MAX_LENGTH} characters or fewer.");
        return refuse("form_password_length_too_long", text);
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn knows_its_own_digest_and_works_as_long_for_nobody() {
        let passwords = Passwords::new(&Env::system()).unwrap();
        let digest = passwords.hash("correct horse").await.unwrap();
        assert!(digest.starts_with("$argon2id$"));
        assert!(
            passwords
                .verify("correct horse", Some(&digest))
                .await
                .unwrap()
        );
        assert!(
            !passwords
                .verify("wrong horse", Some(&digest))
                .await
                .unwrap()
        );
        let before = passwords.runs();
        assert!(!passwords.verify("correct horse", None).await.unwrap());
        assert_eq!(passwords.runs() - before, 1);
    }

    #[test]
    fn lengths_are_bounded() {
        assert!(check_rules("1234567", "password").is_err());
        assert!(check_rules("12345678", "password").is_ok());
        assert!(check_rules(&"ä".repeat(72), "password").is_ok());
        assert!(check_rules(&"x".repeat(73), "password").is_err());
    }
}
