//! One-time tokens that sign a user in.

use bailiwick_pg::{Row, Tx, sql};
use jiff::Timestamp;
use serde_json::Value;

use crate::error::Result;

/// A row of `idp.login_tokens`.
#[derive(Clone, Debug)]
pub struct LoginToken {
    /// `sit_…`, `act_…` or `agt_…`.
    pub id: String,
    /// `sign_in`, `actor` or `agent_task`.
    pub kind: String,
    /// Who is signed in.
    pub user_id: String,
    /// The organization that is active afterwards.
    pub organization_id: Option<String>,
    /// Who acts, where that is not the user.
    pub actor: Option<Value>,
    /// How long the session lives at most, in seconds.
    pub session_seconds: Option<i64>,
    /// Where the browser goes afterwards, where the token says so.
    pub redirect_url: Option<String>,
    /// SHA-256 of the token.
    pub token_digest: String,
    /// `pending`, `accepted` or `revoked`.
    pub status: String,
    /// The end of its use.
    pub expires_at: Timestamp,
    /// When it was made.
    pub created_at: Timestamp,
    /// The last change.
    pub updated_at: Timestamp,
}

impl LoginToken {
    fn read(row: &Row) -> Self {
        Self {
            id: row.get("id"),
            kind: row.get("kind"),
            user_id: row.get("user_id"),
            organization_id: row.get("organization_id"),
            actor: row.get("actor"),
            session_seconds: row.get("session_seconds"),
            redirect_url: row.get("redirect_url"),
            token_digest: row.get("token_digest"),
            status: row.get("status"),
            expires_at: row.get("expires_at"),
            created_at: row.get("created_at"),
            updated_at: row.get("updated_at"),
        }
    }
}

sql! {
    /// A new token.
    INSERT_LOGIN_TOKEN(TEXT, TEXT, TEXT, TEXT, JSONB, INT8, TEXT, TEXT, TIMESTAMPTZ, TIMESTAMPTZ) = "
        insert into idp.login_tokens (id, kind, user_id, organization_id, actor, session_seconds,
            redirect_url, token_digest, status, expires_at, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, 'pending', $9, $10, $10)";
    /// A token of that kind, locked until the transaction's end.
    FIND_LOGIN_TOKEN(TEXT, TEXT) = "
        select id, kind, user_id, organization_id, actor, session_seconds, redirect_url,
               token_digest, status, expires_at, created_at, updated_at
        from idp.login_tokens where kind = $1 and id = $2 for update";
    /// The token with that digest, locked until the transaction's end: of two that present it at
    /// once, one is first.
    FIND_LOGIN_TOKEN_BY_DIGEST(TEXT) = "
        select id, kind, user_id, organization_id, actor, session_seconds, redirect_url,
               token_digest, status, expires_at, created_at, updated_at
        from idp.login_tokens where token_digest = $1 for update";
    /// A token that was used or taken back.
    SET_LOGIN_TOKEN_STATUS(TEXT, TEXT, TIMESTAMPTZ) = "
        update idp.login_tokens set status = $2, updated_at = $3 where id = $1";
}

/// Stores a new token.
pub async fn insert(tx: &mut Tx, token: &LoginToken) -> Result<()> {
    tx.execute(
        &INSERT_LOGIN_TOKEN,
        &[
            &token.id,
            &token.kind,
            &token.user_id,
            &token.organization_id,
            &token.actor,
            &token.session_seconds,
            &token.redirect_url,
            &token.token_digest,
            &token.expires_at,
            &token.created_at,
        ],
    )
    .await?;
    Ok(())
}

/// The token of that kind and id, locked until the transaction's end.
pub async fn find_locked(tx: &mut Tx, kind: &str, id: &str) -> Result<Option<LoginToken>> {
    let row = tx.query_opt(&FIND_LOGIN_TOKEN, &[&kind, &id]).await?;
    Ok(row.as_ref().map(LoginToken::read))
}

/// The token with that digest, locked until the transaction's end.
pub async fn find_by_digest_locked(tx: &mut Tx, digest: &str) -> Result<Option<LoginToken>> {
    let row = tx
        .query_opt(&FIND_LOGIN_TOKEN_BY_DIGEST, &[&digest])
        .await?;
    Ok(row.as_ref().map(LoginToken::read))
}

/// Notes that a locked token was used or taken back.
pub async fn set_status(
    tx: &mut Tx,
    token: &mut LoginToken,
    status: &str,
    now: Timestamp,
) -> Result<()> {
    status.clone_into(&mut token.status);
    token.updated_at = super::after(token.updated_at, now);
    tx.execute(
        &SET_LOGIN_TOKEN_STATUS,
        &[&token.id, &status, &token.updated_at],
    )
    .await?;
    Ok(())
}
