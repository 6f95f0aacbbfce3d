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
use crate::settings::PasswordRules;

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

/// Refuses a new password that breaks the rules; `param` is the form's field. Whatever the rules
/// say, it has at least [`MIN_LENGTH`] characters and at most [`MAX_LENGTH`].
pub fn check_rules(rules: &PasswordRules, password: &str, param: &str) -> Result<(), Refusal> {
    let refuse = |code: &str, text: String| {
        Err(Refusal::new(StatusCode::UNPROCESSABLE_ENTITY, code, text).param(param))
    };
    let length = password.chars().count();
    let min = rules.min_length.clamp(MIN_LENGTH, MAX_LENGTH);
    let max = rules.max_length.clamp(min, MAX_LENGTH);
    if length < min {
        let text = format!("Passwords must be {min} characters or more.");
        return refuse("form_password_length_too_short", text);
    }
    if length > max {
        let text = format!("Passwords must be {max} characters or fewer.");
        return refuse("form_password_length_too_long", text);
    }
    let lacks = |is_fit: fn(char) -> bool| !password.chars().any(is_fit);
    for (is_wanted, is_lacking, code, what) in [
        (
            rules.require_numbers,
            lacks(char::is_numeric),
            "form_password_no_number",
            "one number",
        ),
        (
            rules.require_uppercase,
            lacks(char::is_uppercase),
            "form_password_no_uppercase",
            "one uppercase character",
        ),
        (
            rules.require_lowercase,
            lacks(char::is_lowercase),
            "form_password_no_lowercase",
            "one lowercase character",
        ),
        (
            rules.require_special_char,
            lacks(|c| !c.is_alphanumeric() && !c.is_whitespace()),
            "form_password_no_special_char",
            "one special character",
        ),
    ] {
        if is_wanted && is_lacking {
            return refuse(code, format!("Passwords must contain at least {what}."));
        }
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
        let rules = PasswordRules {
            min_length: 1,
            max_length: 1000,
            ..PasswordRules::default()
        };
        assert!(check_rules(&rules, "1234567", "password").is_err());
        assert!(check_rules(&rules, "12345678", "password").is_ok());
        assert!(check_rules(&rules, &"ä".repeat(72), "password").is_ok());
        assert!(check_rules(&rules, &"x".repeat(73), "password").is_err());
    }

    #[test]
    fn rules_name_what_lacks() {
        let rules = PasswordRules {
            min_length: 10,
            require_numbers: true,
            require_uppercase: true,
            require_lowercase: true,
            require_special_char: true,
            ..PasswordRules::default()
        };
        for (password, code) in [
            ("short", "form_password_length_too_short"),
            ("long enough", "form_password_no_number"),
            ("l0ng enough", "form_password_no_uppercase"),
            ("L0NG ENOUGH", "form_password_no_lowercase"),
            ("L0ng enough", "form_password_no_special_char"),
        ] {
            let refusal = check_rules(&rules, password, "password").unwrap_err();
            assert_eq!(refusal.errors[0].code, code, "{password}");
        }
        assert!(check_rules(&rules, "L0ng-enough", "password").is_ok());
    }
}
