//! Authenticator applications: set up, proven, asked, removed.

use bailiwick_pg::Tx;
use http::StatusCode;

use super::{changed, otp};
use crate::error::{Refusal, Result};
use crate::ids::{self, Kind};
use crate::instance::Idp;
use crate::model::user::Person;
use crate::store::totps::{self as rows, Totp};
use crate::{secrets, store};

/// Bytes of a secret: 160 bits, as RFC 4226 recommends.
const SECRET_LENGTH: usize = 20;

/// A secret that was made just now, shown once.
#[derive(Debug)]
pub struct Fresh {
    /// The row.
    pub row: Totp,
    /// In base32, to be typed.
    pub secret: String,
    /// For the picture that applications scan.
    pub uri: String,
}

/// Makes a secret for a locked user, in place of one that was never proven. Refused where one
/// was, and where the instance has no authenticators.
pub async fn begin(idp: &Idp, tx: &mut Tx, person: &Person) -> Result<Fresh> {
    if !idp.settings().factors.totp {
        return Err(not_enabled());
    }
    if person.factors.has_totp {
        let text = "An authenticator application is set up already.";
        return Err(Refusal::new(StatusCode::BAD_REQUEST, "totp_already_enabled", text).into());
    }
    let bytes = idp.env().bytes::<SECRET_LENGTH>();
    let row = insert(idp, tx, &person.user.id, &bytes).await?;
    let secret = otp::base32(&bytes);
    let uri = uri(&idp.config().application_name, person.identifier(), &secret);
    Ok(Fresh { row, secret, uri })
}

/// Gives a user the authenticator that was set up elsewhere with this secret: it needs no proof.
pub(super) async fn keep(idp: &Idp, tx: &mut Tx, user_id: &str, secret: &[u8]) -> Result<()> {
    let row = insert(idp, tx, user_id, secret).await?;
    rows::verify(tx, user_id, row.created_at).await
}

async fn insert(idp: &Idp, tx: &mut Tx, user_id: &str, secret: &[u8]) -> Result<Totp> {
    let now = store::now(idp.env());
    let sealed = idp
        .seal()
        .seal(idp.env(), &context(user_id), &hex::encode(secret))?;
    let row = Totp {
        id: ids::new(idp.env(), Kind::Totp),
        user_id: user_id.to_owned(),
        sealed_secret: sealed,
        last_step: 0,
        verified_at: None,
        created_at: now,
        updated_at: now,
    };
    rows::replace(tx, &row).await?;
    Ok(row)
}

/// What came of a proof that the application was set up.
#[derive(Debug)]
pub struct Proven {
    /// The row.
    pub row: Totp,
    /// Backup codes that the user has from now on, shown once.
    pub backup_codes: Option<Vec<String>>,
}

/// Turns the authenticator on with its first code, and gives backup codes to a locked user who
/// has none. 404 where nothing was set up, 422 for a wrong code.
pub async fn prove(idp: &Idp, tx: &mut Tx, person: &mut Person, code: &str) -> Result<Proven> {
    let row = rows::find(tx, &person.user.id).await?;
    let mut row = row.ok_or_else(|| Refusal::not_found("TOTP"))?;
    if row.verified_at.is_some() {
        let text = "An authenticator application is set up already.";
        return Err(Refusal::new(StatusCode::BAD_REQUEST, "totp_already_enabled", text).into());
    }
    if !accept(idp, tx, &row, code).await? {
        return Err(super::judge::incorrect().into());
    }
    let now = store::now(idp.env());
    row.verified_at = Some(now);
    row.updated_at = now;
    rows::verify(tx, &row.user_id, now).await?;
    let backup_codes = if idp.settings().factors.backup_codes && !person.factors.has_backup_codes {
        Some(super::backup_codes::renew(idp, tx, &person.user.id).await?)
    } else {
        None
    };
    changed(idp, tx, person).await?;
    Ok(Proven { row, backup_codes })
}

/// Whether this is the code of a user's authenticator. A code is right once: a second time, or
/// one that is older than the newest that was right, is wrong.
pub async fn check(idp: &Idp, tx: &mut Tx, user_id: &str, code: &str) -> Result<bool> {
    match rows::find(tx, user_id).await? {
        Some(row) if row.verified_at.is_some() => accept(idp, tx, &row, code).await,
        _ => Ok(false),
    }
}

/// Removes the authenticator of a locked user; 404 where there is none. The id that it had.
pub async fn remove(idp: &Idp, tx: &mut Tx, person: &mut Person) -> Result<String> {
    let row = rows::find(tx, &person.user.id).await?;
    let row = row.ok_or_else(|| Refusal::not_found("TOTP"))?;
    rows::delete(tx, &person.user.id).await?;
    changed(idp, tx, person).await?;
    Ok(row.id)
}

async fn accept(idp: &Idp, tx: &mut Tx, row: &Totp, code: &str) -> Result<bool> {
    let secret = idp
        .seal()
        .open(&context(&row.user_id), &row.sealed_secret)?;
    let secret = hex::decode(secret)
        .map_err(|_| crate::Error::Internal("a stored TOTP secret is no hex".to_owned()))?;
    let code = code.trim().replace(' ', "");
    let Some(step) = otp::step_of(&secret, &code, idp.env().now().as_second()) else {
        return Ok(false);
    };
    rows::take_step(tx, &row.user_id, step).await
}

fn context(user_id: &str) -> String {
    format!("totps.secret.{user_id}")
}

fn not_enabled() -> crate::Error {
    let text = "Authenticator applications are not enabled for this instance.";
    Refusal::new(StatusCode::FORBIDDEN, "feature_not_enabled", text).into()
}

fn uri(application: &str, account: &str, secret: &str) -> String {
    let part = |text: &str| {
        url::form_urlencoded::byte_serialize(text.as_bytes())
            .collect::<String>()
            .replace('+', "%20")
    };
    let (issuer, account) = (part(application), part(account));
    let period = otp::PERIOD;
    format!(
        "otpauth://totp/{issuer}:{account}?algorithm=SHA1&digits={}&issuer={issuer}\
         &period={period}&secret={secret}",
        secrets::CODE_LENGTH
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_uri_names_application_and_account() {
        assert_eq!(
            uri("Acme & Co", "ada@x.example", "ABC"),
            "otpauth://totp/Acme%20%26%20Co:ada%40x.example?algorithm=SHA1&digits=6\
             &issuer=Acme%20%26%20Co&period=30&secret=ABC"
        );
    }
}
