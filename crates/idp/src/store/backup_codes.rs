//! Backup codes, as keyed hashes.

use bailiwick_pg::{Tx, sql};
use jiff::Timestamp;

use crate::error::Result;

sql! {
    /// New codes of a user.
    INSERT(TEXT, TEXT_ARRAY, TIMESTAMPTZ) = "
        insert into idp.backup_codes (user_id, digest, created_at)
        select $1, digest, $3 from unnest($2::text[]) as digest";
    /// Uses a code up.
    SPEND(TEXT, TEXT, TIMESTAMPTZ) = "
        update idp.backup_codes set used_at = $3
        where user_id = $1 and digest = $2 and used_at is null";
    /// Removes all codes of a user.
    DELETE(TEXT) = "delete from idp.backup_codes where user_id = $1";
}

/// Stores new codes of a user.
pub async fn insert(tx: &mut Tx, user_id: &str, digests: &[String], now: Timestamp) -> Result<()> {
    tx.execute(&INSERT, &[&user_id, &digests, &now]).await?;
    Ok(())
}

/// Uses a code up; whether it was there and unused.
pub async fn spend(tx: &mut Tx, user_id: &str, digest: &str, now: Timestamp) -> Result<bool> {
    Ok(tx.execute(&SPEND, &[&user_id, &digest, &now]).await? == 1)
}

/// Removes all codes of a user, used or not.
pub async fn delete(tx: &mut Tx, user_id: &str) -> Result<()> {
    tx.execute(&DELETE, &[&user_id]).await?;
    Ok(())
}
