//! Second factors that a user brings along from elsewhere.

use bailiwick_pg::Tx;
use http::StatusCode;

use super::{backup_codes, otp, totp};
use crate::error::{Refusal, Result};
use crate::instance::Idp;
use crate::model::user::Person;
use crate::store::{self, factors as rows};

/// Bytes of a secret: 80 bits are what the oldest applications made, 64 bytes all that SHA-1 takes
/// up.
const SECRET_LENGTHS: std::ops::RangeInclusive<usize> = 10..=64;
/// Letters and digits of a backup code.
const CODE_LENGTHS: std::ops::RangeInclusive<usize> = 6..=backup_codes::LONGEST;
/// The most backup codes of a user.
const CODES_MAX: usize = 50;

/// What somebody has beside the first factor when the user is made.
#[derive(Default)]
pub struct Given {
    totp_secret: Option<Vec<u8>>,
    backup_codes: Vec<String>,
}

impl Given {
    /// Reads a secret in base32, as authenticator applications have it, and codes as people type
    /// them.
    ///
    /// # Errors
    /// 422 for what is none of both, for codes that are digests, for codes without another factor
    /// in whose place they could be given, and where the instance has no such factors.
    pub fn read(idp: &Idp, secret: Option<&str>, codes: &[String]) -> Result<Self, Refusal> {
        let settings = idp.settings();
        let totp_secret = match secret.filter(|text| !text.is_empty()) {
            None => None,
            Some(_) if !settings.factors.totp => return Err(not_enabled("totp_secret")),
            Some(text) => {
                let bytes = otp::from_base32(text);
                let bytes = bytes.filter(|bytes| SECRET_LENGTHS.contains(&bytes.len()));
                let text = "The totp_secret must be 10 to 64 bytes in base32.";
                Some(bytes.ok_or_else(|| Refusal::format("totp_secret", text))?)
            }
        };
        let refuse = |text| Err(Refusal::format("backup_codes", text));
        if !codes.is_empty() && !settings.factors.backup_codes {
            return Err(not_enabled("backup_codes"));
        }
        if !codes.is_empty() && totp_secret.is_none() {
            return refuse("Backup codes stand in for a second factor: give a totp_secret too.");
        }
        if codes.len() > CODES_MAX {
            return refuse("A user has 50 backup codes at most.");
        }
        let mut backup_codes: Vec<String> = Vec::with_capacity(codes.len());
        for code in codes {
            let code = backup_codes::plain(code);
            let fits = CODE_LENGTHS.contains(&code.len())
                && code.bytes().all(|byte| byte.is_ascii_alphanumeric());
            if !fits {
                return refuse(
                    "A backup code has 6 to 64 letters and digits; digests are not read.",
                );
            }
            if !backup_codes.contains(&code) {
                backup_codes.push(code);
            }
        }
        Ok(Self {
            totp_secret,
            backup_codes,
        })
    }

    /// Gives them to a user who is stored and has none yet.
    pub async fn keep(&self, idp: &Idp, tx: &mut Tx, person: &mut Person) -> Result<()> {
        let Some(secret) = &self.totp_secret else {
            return Ok(());
        };
        let now = store::now(idp.env());
        let user_id = person.user.id.clone();
        totp::keep(idp, tx, &user_id, secret).await?;
        person.factors.has_totp = true;
        if !self.backup_codes.is_empty() {
            backup_codes::keep(idp, tx, &user_id, &self.backup_codes).await?;
            person.factors.has_backup_codes = true;
        }
        person.factors.mfa_enabled_at = Some(now);
        rows::save(tx, &user_id, &person.factors).await
    }
}

fn not_enabled(param: &str) -> Refusal {
    let text = format!("{param} is not enabled for this instance.");
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    Refusal::new(status, "form_param_not_enabled", text).param(param)
}
