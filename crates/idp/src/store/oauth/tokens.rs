//! Tokens of applications.

use bailiwick_pg::{Row, Tx, sql};
use jiff::Timestamp;

use crate::error::Result;

/// A row of `idp.oauth_tokens`, with what its application calls itself.
#[derive(Clone, Debug)]
pub struct Token {
    /// `oat_…`.
    pub id: String,
    /// What it came of.
    pub grant_id: String,
    /// Whose it is.
    pub application_id: String,
    /// What that calls itself.
    pub client_id: String,
    /// For whom it acts.
    pub user_id: String,
    /// What it is good for.
    pub scopes: Vec<String>,
    /// SHA-256 of the token.
    pub access_digest: String,
    /// SHA-256 of the token that gets the next one.
    pub refresh_digest: Option<String>,
    /// Whether that was used.
    pub refreshed: bool,
    /// Whether it was taken back.
    pub revoked: bool,
    /// Its end; the end of the other token is that of the grant.
    pub expires_at: Timestamp,
    /// When it was made.
    pub created_at: Timestamp,
    /// The last change.
    pub updated_at: Timestamp,
}

impl Token {
    fn read(row: &Row) -> Self {
        Self {
            id: row.get("id"),
            grant_id: row.get("grant_id"),
            application_id: row.get("application_id"),
            client_id: row.get("client_id"),
            user_id: row.get("user_id"),
            scopes: row.get("scopes"),
            access_digest: row.get("access_digest"),
            refresh_digest: row.get("refresh_digest"),
            refreshed: row.get("refreshed"),
            revoked: row.get("revoked"),
            expires_at: row.get("expires_at"),
            created_at: row.get("created_at"),
            updated_at: row.get("updated_at"),
        }
    }
}

sql! {
    /// A new token.
    INSERT_TOKEN(TEXT, TEXT, TEXT, TEXT, TEXT_ARRAY, TEXT, TEXT, TIMESTAMPTZ, TIMESTAMPTZ) = "
        insert into idp.oauth_tokens (id, grant_id, application_id, user_id, scopes, access_digest,
            refresh_digest, expires_at, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9)";
    /// The token with that digest, as it is presented or as it gets the next one; none of a user
    /// who is banned. Locked until the transaction's end.
    FIND_TOKEN(TEXT) = "
        select t.id, t.grant_id, t.application_id, a.client_id, t.user_id, t.scopes,
               t.access_digest, t.refresh_digest, t.refreshed, t.revoked, t.expires_at,
               t.created_at, t.updated_at
        from idp.oauth_tokens t
        join idp.oauth_applications a on a.id = t.application_id
        join idp.users u on u.id = t.user_id
        where (t.access_digest = $1 or t.refresh_digest = $1) and not u.banned
        for update of t";
    /// Notes that the next one was got.
    REFRESH_TOKEN(TEXT, TIMESTAMPTZ) = "
        update idp.oauth_tokens set refreshed = true, revoked = true, updated_at = $2 where id = $1";
    /// Takes back all that came of one code.
    REVOKE_GRANT(TEXT, TIMESTAMPTZ) = "
        update idp.oauth_tokens set revoked = true, updated_at = $2
        where grant_id = $1 and not revoked";
}

/// Stores a new token.
pub async fn insert(tx: &mut Tx, token: &Token) -> Result<()> {
    tx.execute(
        &INSERT_TOKEN,
        &[
            &token.id,
            &token.grant_id,
            &token.application_id,
            &token.user_id,
            &token.scopes,
            &token.access_digest,
            &token.refresh_digest,
            &token.expires_at,
            &token.created_at,
        ],
    )
    .await?;
    Ok(())
}

/// The token with that digest, in either of its forms, locked until the transaction's end.
pub async fn find_locked(tx: &mut Tx, digest: &str) -> Result<Option<Token>> {
    let row = tx.query_opt(&FIND_TOKEN, &[&digest]).await?;
    Ok(row.as_ref().map(Token::read))
}

/// Notes that the next token was got: this one is over.
pub async fn set_refreshed(tx: &mut Tx, id: &str, now: Timestamp) -> Result<()> {
    tx.execute(&REFRESH_TOKEN, &[&id, &now]).await?;
    Ok(())
}

/// Takes back all that came of one code.
pub async fn revoke_grant(tx: &mut Tx, grant_id: &str, now: Timestamp) -> Result<()> {
    tx.execute(&REVOKE_GRANT, &[&grant_id, &now]).await?;
    Ok(())
}
