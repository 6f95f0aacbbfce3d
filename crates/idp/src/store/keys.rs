//! The instance's name and its signing keys.

use bailiwick_pg::{Pool, Row, Tx, sql};
use jiff::Timestamp;

use crate::error::Result;

/// A row of `idp.signing_keys`.
#[derive(Clone, PartialEq, Eq)]
pub struct SigningKey {
    /// The key's name in token headers and the key set.
    pub kid: String,
    /// PKCS#8 in PEM.
    pub private_pem: String,
    /// Since when it is published.
    pub created_at: Timestamp,
    /// From when it signs.
    pub signs_from: Timestamp,
    /// From when it no longer signs, which may lie ahead; still published for a while.
    pub retired_at: Option<Timestamp>,
}

sql! {
    /// One change at a time, until the transaction's end.
    LOCK() = "select pg_advisory_xact_lock(hashtext('idp.signing_keys'))::text";
    /// The instance's id.
    FIND_INSTANCE() = "select id from idp.instance";
    /// Names the instance, once.
    INSERT_INSTANCE(TEXT, TIMESTAMPTZ) = "
        insert into idp.instance (id, created_at) values ($1, $2) on conflict do nothing";
    /// The keys, the newest first.
    LIST(INT8) = "
        select kid, private_pem, created_at, signs_from, retired_at from idp.signing_keys
        order by retired_at desc nulls first limit $1";
    /// A new key.
    INSERT(TEXT, TEXT, TIMESTAMPTZ, TIMESTAMPTZ) = "
        insert into idp.signing_keys (kid, private_pem, created_at, signs_from)
        values ($1, $2, $3, $4)";
    /// Sets the end of the key that has none.
    RETIRE(TIMESTAMPTZ) = "
        update idp.signing_keys set retired_at = $1 where retired_at is null";
    /// Removes keys that ended before `$1`.
    REMOVE(TIMESTAMPTZ) = "delete from idp.signing_keys where retired_at < $1";
    /// Removes every key.
    REMOVE_ALL() = "delete from idp.signing_keys";
}

/// Stored keys: the one that signs, the next, and those retired last.
const MAX: i64 = 64;

/// Lets one at a time make or change keys, until the transaction's end.
pub async fn lock(tx: &mut Tx) -> Result<()> {
    tx.query(&LOCK, &[]).await?;
    Ok(())
}

/// The instance's id, once it has one.
pub async fn find_instance(tx: &mut Tx) -> Result<Option<String>> {
    Ok(tx
        .query_opt(&FIND_INSTANCE, &[])
        .await?
        .map(|row| row.get(0)))
}

/// Names the instance.
pub async fn insert_instance(tx: &mut Tx, id: &str, now: Timestamp) -> Result<()> {
    tx.execute(&INSERT_INSTANCE, &[&id, &now]).await?;
    Ok(())
}

fn key(row: &Row) -> SigningKey {
    SigningKey {
        kid: row.get(0),
        private_pem: row.get(1),
        created_at: row.get(2),
        signs_from: row.get(3),
        retired_at: row.get(4),
    }
}

/// The keys, the newest first.
pub async fn list(tx: &mut Tx) -> Result<Vec<SigningKey>> {
    Ok(tx.query(&LIST, &[&MAX]).await?.iter().map(key).collect())
}

/// The keys, the newest first, outside of a transaction.
pub async fn list_all(pool: &Pool) -> Result<Vec<SigningKey>> {
    Ok(pool.query(&LIST, &[&MAX]).await?.iter().map(key).collect())
}

/// Stores a key that is published from now on and signs from `signs_from` on.
pub async fn insert(
    tx: &mut Tx,
    kid: &str,
    private_pem: &str,
    now: Timestamp,
    signs_from: Timestamp,
) -> Result<()> {
    tx.execute(&INSERT, &[&kid, &private_pem, &now, &signs_from])
        .await?;
    Ok(())
}

/// Lets the key that has no end sign until `at`.
pub async fn retire(tx: &mut Tx, at: Timestamp) -> Result<()> {
    tx.execute(&RETIRE, &[&at]).await?;
    Ok(())
}

/// Removes keys that ended before `before`; how many.
pub async fn remove(tx: &mut Tx, before: Timestamp) -> Result<u64> {
    Ok(tx.execute(&REMOVE, &[&before]).await?)
}

/// Removes every key.
pub async fn remove_all(tx: &mut Tx) -> Result<()> {
    tx.execute(&REMOVE_ALL, &[]).await?;
    Ok(())
}
