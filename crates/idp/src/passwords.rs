//! Passwords: argon2id, off the async threads, a bounded number at a time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use argon2::Argon2;
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{PasswordHasher, PasswordVerifier};
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
    /// work.
    pub async fn verify(&self, password: &str, digest: Option<&str>) -> Result<bool> {
        let known = digest.is_some();
        let digest = digest.map_or_else(|| self.nobody.to_string(), str::to_owned);
        // A longer one was never set; hashing it would be work for nothing.
        let password: String = password.chars().take(MAX_LENGTH + 1).collect();
        let fits = self
            .run(move || {
                let digest = PasswordHash::new(&digest)
                    .map_err(|error| Error::Crypto(format!("stored password: {error}")))?;
                Ok::<_, Error>(
                    Argon2::default()
                        .verify_password(password.as_bytes(), &digest)
                        .is_ok(),
                )
            })
            .await??;
        Ok(fits && known)
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
