//! Codes that applications change into tokens.

use bailiwick_pg::{Row, Tx, sql};
use jiff::Timestamp;

use crate::error::Result;

/// A row of `idp.oauth_codes`.
#[derive(Clone, Debug)]
pub struct Code {
    /// SHA-256 of the code.
    pub code_digest: String,
    /// What all that comes of the code belongs to.
    pub grant_id: String,
    /// Whom it is for.
    pub application_id: String,
    /// Who gave it.
    pub user_id: String,
    /// Where it was sent to.
    pub redirect_uri: String,
    /// What the tokens are good for.
    pub scopes: Vec<String>,
    /// SHA-256 of the verifier, in base64url.
    pub code_challenge: Option<String>,
    /// For the application to recognise its request by.
    pub nonce: Option<String>,
    /// Whether it was used.
    pub used: bool,
    /// Its end.
    pub expires_at: Timestamp,
}

sql! {
    /// A new code.
    INSERT_CODE(TEXT, TEXT, TEXT, TEXT, TEXT, TEXT_ARRAY, TEXT, TEXT, TIMESTAMPTZ) = "
        insert into idp.oauth_codes (code_digest, grant_id, application_id, user_id, redirect_uri,
            scopes, code_challenge, nonce, expires_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9)";
    /// A code, locked until the transaction's end.
    FIND_CODE(TEXT) = "
        select code_digest, grant_id, application_id, user_id, redirect_uri, scopes,
               code_challenge, nonce, used, expires_at
        from idp.oauth_codes where code_digest = $1 for update";
    /// Notes the use.
    USE_CODE(TEXT) = "update idp.oauth_codes set used = true where code_digest = $1";
}

/// Stores a new code.
pub async fn insert(tx: &mut Tx, code: &Code) -> Result<()> {
    tx.execute(
        &INSERT_CODE,
        &[
            &code.code_digest,
            &code.grant_id,
            &code.application_id,
            &code.user_id,
            &code.redirect_uri,
            &code.scopes,
            &code.code_challenge,
            &code.nonce,
            &code.expires_at,
        ],
    )
    .await?;
    Ok(())
}

/// The code with that digest, locked until the transaction's end.
pub async fn find_locked(tx: &mut Tx, digest: &str) -> Result<Option<Code>> {
    let read = |row: Row| Code {
        code_digest: row.get("code_digest"),
        grant_id: row.get("grant_id"),
        application_id: row.get("application_id"),
        user_id: row.get("user_id"),
        redirect_uri: row.get("redirect_uri"),
        scopes: row.get("scopes"),
        code_challenge: row.get("code_challenge"),
        nonce: row.get("nonce"),
        used: row.get("used"),
        expires_at: row.get("expires_at"),
    };
    Ok(tx.query_opt(&FIND_CODE, &[&digest]).await?.map(read))
}

/// Notes that a code was used.
pub async fn set_used(tx: &mut Tx, digest: &str) -> Result<()> {
    tx.execute(&USE_CODE, &[&digest]).await?;
    Ok(())
}
