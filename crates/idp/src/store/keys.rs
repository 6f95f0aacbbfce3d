//! The instance's name and its signing keys.

use bailiwick_pg::{Tx, sql};
use jiff::Timestamp;

use crate::error::Result;

/// A row of `idp.signing_keys`.
#[derive(Clone, Debug)]
pub struct SigningKey {
    /// The key's name in token headers and the key set.
    pub kid: String,
    /// PKCS#8 in PEM.
    pub private_pem: String,
    /// Since when it no longer signs; still published for a while.
    pub retired_at: Option<Timestamp>,
}

sql! {
    /// One start at a time, until the transaction's end.
    LOCK() = "select pg_advisory_xact_lock(hashtext('idp.signing_keys'))::text";
    /// The instance's id.
    FIND_INSTANCE() = "select id from idp.instance";
    /// Names the instance, once.
    INSERT_INSTANCE(TEXT, TIMESTAMPTZ) = "
        insert into idp.instance (id, created_at) values ($1, $2) on conflict do nothing";
    /// The keys, the one that signs first.
    LIST(INT8) = "
        select kid, private_pem, retired_at from idp.signing_keys
        order by retired_at desc nulls first limit $1";
    /// A new key.
    INSERT(TEXT, TEXT, TIMESTAMPTZ) = "
        insert into idp.signing_keys (kid, private_pem, created_at) values ($1, $2, $3)";
}

/// Published keys, the signing one and those retired last.
const MAX: i64 = 8;

/// Lets one start at a time make keys, until the transaction's end.
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

/// The keys, the one that signs first.
pub async fn list(tx: &mut Tx) -> Result<Vec<SigningKey>> {
    let rows = tx.query(&LIST, &[&MAX]).await?;
    Ok(rows
        .iter()
        .map(|row| SigningKey {
            kid: row.get(0),
            private_pem: row.get(1),
            retired_at: row.get(2),
        })
        .collect())
}

/// Stores a key that signs from now on.
pub async fn insert(tx: &mut Tx, kid: &str, private_pem: &str, now: Timestamp) -> Result<()> {
    tx.execute(&INSERT, &[&kid, &private_pem, &now]).await?;
    Ok(())
}
