//! What opens the console: links, and the sessions that they opened. Stored as digests.

use bailiwick_pg::{Tx, sql};
use jiff::Timestamp;

use crate::error::Result;

sql! {
    /// Ends the link of the start before.
    DELETE_START_LINK() = "delete from idp.console_tokens where kind = 'start'";
    /// A new link or session.
    INSERT_CONSOLE_TOKEN(TEXT, TEXT, TIMESTAMPTZ, TIMESTAMPTZ) = "
        insert into idp.console_tokens (digest, kind, created_at, expires_at)
        values ($1, $2, $3, $4)";
    /// Whether a token of a kind is good.
    IS_CONSOLE_TOKEN(TEXT, TEXT, TIMESTAMPTZ) = "
        select exists (select 1 from idp.console_tokens
                        where digest = $1 and kind = $2 and expires_at > $3)";
    /// Uses a token of a kind up; a row where it was good.
    TAKE_CONSOLE_TOKEN(TEXT, TEXT, TIMESTAMPTZ) = "
        delete from idp.console_tokens
         where digest = $1 and kind = $2 and expires_at > $3 returning digest";
    /// Removes what has run out.
    SWEEP_CONSOLE_TOKENS(TIMESTAMPTZ) = "delete from idp.console_tokens where expires_at <= $1";
    /// Ends every session and every link.
    CLEAR_CONSOLE_TOKENS() = "delete from idp.console_tokens";
}

/// Ends the link of the start before.
pub async fn delete_start(tx: &mut Tx) -> Result<()> {
    tx.execute(&DELETE_START_LINK, &[]).await?;
    Ok(())
}

/// Stores a token and removes those that have run out.
pub async fn insert(
    tx: &mut Tx,
    digest: &str,
    kind: &str,
    now: Timestamp,
    expires_at: Timestamp,
) -> Result<()> {
    tx.execute(&SWEEP_CONSOLE_TOKENS, &[&now]).await?;
    tx.execute(&INSERT_CONSOLE_TOKEN, &[&digest, &kind, &now, &expires_at])
        .await?;
    Ok(())
}

/// Whether a token of a kind is good.
pub async fn is_good(tx: &mut Tx, digest: &str, kind: &str, now: Timestamp) -> Result<bool> {
    let row = tx
        .query_one(&IS_CONSOLE_TOKEN, &[&digest, &kind, &now])
        .await?;
    Ok(row.get(0))
}

/// Uses a token of a kind up; whether it was good.
pub async fn take(tx: &mut Tx, digest: &str, kind: &str, now: Timestamp) -> Result<bool> {
    let row = tx
        .query_opt(&TAKE_CONSOLE_TOKEN, &[&digest, &kind, &now])
        .await?;
    Ok(row.is_some())
}

/// Ends every session and every link.
pub async fn clear(tx: &mut Tx) -> Result<()> {
    tx.execute(&CLEAR_CONSOLE_TOKENS, &[]).await?;
    Ok(())
}
