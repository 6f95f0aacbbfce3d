//! Opaque tokens of machines.

use bailiwick_pg::{Row, Tx, sql};
use jiff::Timestamp;
use serde_json::Value;

use super::Page;
use crate::error::Result;

/// A row of `idp.m2m_tokens`.
#[derive(Clone, Debug)]
pub struct M2mToken {
    /// `mt_…`.
    pub id: String,
    /// Whose it is.
    pub machine_id: String,
    /// SHA-256 of the token.
    pub token_digest: String,
    /// What the machine says in it.
    pub claims: Option<Value>,
    /// The machines that it may be presented to.
    pub scopes: Vec<String>,
    /// Whether it was taken back.
    pub revoked: bool,
    /// Why.
    pub revocation_reason: Option<String>,
    /// Its end; none for one that does not end.
    pub expires_at: Option<Timestamp>,
    /// When it was verified last, to the minute.
    pub last_used_at: Option<Timestamp>,
    /// When it was made.
    pub created_at: Timestamp,
    /// The last change.
    pub updated_at: Timestamp,
}

impl M2mToken {
    fn read(row: &Row) -> Self {
        Self {
            id: row.get("id"),
            machine_id: row.get("machine_id"),
            token_digest: row.get("token_digest"),
            claims: row.get("claims"),
            scopes: row.get("scopes"),
            revoked: row.get("revoked"),
            revocation_reason: row.get("revocation_reason"),
            expires_at: row.get("expires_at"),
            last_used_at: row.get("last_used_at"),
            created_at: row.get("created_at"),
            updated_at: row.get("updated_at"),
        }
    }

    /// Whether its time is over at `now`.
    #[must_use]
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.expires_at.is_some_and(|end| end <= now)
    }
}

sql! {
    /// A new token.
    INSERT_M2M_TOKEN(TEXT, TEXT, TEXT, JSONB, TEXT_ARRAY, TIMESTAMPTZ, TIMESTAMPTZ) = "
        insert into idp.m2m_tokens
            (id, machine_id, token_digest, claims, scopes, expires_at, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $7)";
    /// A token, locked until the transaction's end.
    FIND_M2M_TOKEN(TEXT) = "
        select id, machine_id, token_digest, claims, scopes, revoked, revocation_reason,
               expires_at, last_used_at, created_at, updated_at
        from idp.m2m_tokens where id = $1 for update";
    /// The token with that digest.
    FIND_M2M_TOKEN_BY_DIGEST(TEXT) = "
        select id, machine_id, token_digest, claims, scopes, revoked, revocation_reason,
               expires_at, last_used_at, created_at, updated_at
        from idp.m2m_tokens where token_digest = $1";
    /// The token of a machine that says just this and lives longest, if it lives until `$4`.
    FIND_M2M_TOKEN_ALIKE(TEXT, JSONB, TEXT_ARRAY, TIMESTAMPTZ) = "
        select id, machine_id, token_digest, claims, scopes, revoked, revocation_reason,
               expires_at, last_used_at, created_at, updated_at
        from idp.m2m_tokens
        where machine_id = $1 and claims is not distinct from $2 and scopes = $3 and not revoked
          and (expires_at is null or expires_at >= $4)
        order by expires_at desc nulls first, id limit 1";
    /// A page of a machine's tokens, the newest first.
    LIST_M2M_TOKENS(TEXT, BOOL, BOOL, TIMESTAMPTZ, INT8, INT8) = "
        select id, machine_id, token_digest, claims, scopes, revoked, revocation_reason,
               expires_at, last_used_at, created_at, updated_at
        from idp.m2m_tokens
        where machine_id = $1 and ($2 or not revoked)
          and ($3 or expires_at is null or expires_at > $4)
        order by created_at desc, id limit $5 offset $6";
    /// How many there are.
    COUNT_M2M_TOKENS(TEXT, BOOL, BOOL, TIMESTAMPTZ) = "
        select count(*) from idp.m2m_tokens
        where machine_id = $1 and ($2 or not revoked)
          and ($3 or expires_at is null or expires_at > $4)";
    /// Takes a token back.
    REVOKE_M2M_TOKEN(TEXT, TEXT, TIMESTAMPTZ) = "
        update idp.m2m_tokens set revoked = true, revocation_reason = $2, updated_at = $3
        where id = $1";
    /// Notes a use, unless one was noted after `$3`.
    USE_M2M_TOKEN(TEXT, TIMESTAMPTZ, TIMESTAMPTZ) = "
        update idp.m2m_tokens set last_used_at = $2
        where id = $1 and (last_used_at is null or last_used_at < $3)";
}

/// Stores a new token.
pub async fn insert(tx: &mut Tx, token: &M2mToken) -> Result<()> {
    tx.execute(
        &INSERT_M2M_TOKEN,
        &[
            &token.id,
            &token.machine_id,
            &token.token_digest,
            &token.claims,
            &token.scopes,
            &token.expires_at,
            &token.created_at,
        ],
    )
    .await?;
    Ok(())
}

/// The token of that id, locked until the transaction's end.
pub async fn find_locked(tx: &mut Tx, id: &str) -> Result<Option<M2mToken>> {
    let row = tx.query_opt(&FIND_M2M_TOKEN, &[&id]).await?;
    Ok(row.as_ref().map(M2mToken::read))
}

/// The token with that digest.
pub async fn find_by_digest(tx: &mut Tx, digest: &str) -> Result<Option<M2mToken>> {
    let row = tx.query_opt(&FIND_M2M_TOKEN_BY_DIGEST, &[&digest]).await?;
    Ok(row.as_ref().map(M2mToken::read))
}

/// A token of a machine with these claims and scopes that lives until `until`.
pub async fn find_alike(
    tx: &mut Tx,
    machine_id: &str,
    claims: Option<&Value>,
    scopes: &[String],
    until: Timestamp,
) -> Result<Option<M2mToken>> {
    let row = tx
        .query_opt(
            &FIND_M2M_TOKEN_ALIKE,
            &[&machine_id, &claims, &scopes, &until],
        )
        .await?;
    Ok(row.as_ref().map(M2mToken::read))
}

/// A page of a machine's tokens, the newest first, and how many there are; those taken back or
/// past their end only where asked for.
pub async fn list(
    tx: &mut Tx,
    machine_id: &str,
    (revoked, expired): (bool, bool),
    now: Timestamp,
    page: Page,
) -> Result<(Vec<M2mToken>, i64)> {
    let rows = tx
        .query(
            &LIST_M2M_TOKENS,
            &[
                &machine_id,
                &revoked,
                &expired,
                &now,
                &page.limit,
                &page.offset,
            ],
        )
        .await?;
    let count = tx
        .query_one(&COUNT_M2M_TOKENS, &[&machine_id, &revoked, &expired, &now])
        .await?;
    Ok((rows.iter().map(M2mToken::read).collect(), count.get(0)))
}

/// Takes a locked token back.
pub async fn revoke(
    tx: &mut Tx,
    token: &mut M2mToken,
    reason: Option<String>,
    now: Timestamp,
) -> Result<()> {
    token.revoked = true;
    token.revocation_reason = reason;
    token.updated_at = super::after(token.updated_at, now);
    tx.execute(
        &REVOKE_M2M_TOKEN,
        &[&token.id, &token.revocation_reason, &token.updated_at],
    )
    .await?;
    Ok(())
}

/// Notes a use, unless one was noted after `due`.
pub async fn set_used(tx: &mut Tx, id: &str, now: Timestamp, due: Timestamp) -> Result<()> {
    tx.execute(&USE_M2M_TOKEN, &[&id, &now, &due]).await?;
    Ok(())
}
