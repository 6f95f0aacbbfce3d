//! What the provider has deleted. Only a hash of its id is kept, and nothing older revives it.

use bailiwick_pg::{Tx, sql};
use jiff::Timestamp;

use crate::Result;

sql! {
    /// Remembers a deletion; the newest counts.
    UPSERT(TEXT, BYTEA, TIMESTAMPTZ) = "
        insert into control.tombstones (kind, key_hash, deleted_at) values ($1, $2, $3)
        on conflict (kind, key_hash) do update set deleted_at = greatest(tombstones.deleted_at, excluded.deleted_at)";
    /// When it was deleted.
    FIND(TEXT, BYTEA) = "select deleted_at from control.tombstones where kind = $1 and key_hash = $2";
    /// Serialises everything that touches one thing of the provider, also while it has no row.
    LOCK(TEXT) = "select pg_advisory_xact_lock(hashtextextended($1, 1))";
}

/// What can be deleted at the provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A user: gone for good.
    User,
    /// An organization: gone for good.
    Organization,
    /// A membership: may be made anew, later.
    Membership,
}

impl Kind {
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::User => "user",
            Self::Organization => "organization",
            Self::Membership => "membership",
        }
    }
}

/// Takes the lock of one thing of the provider until the transaction ends.
///
/// # Errors
/// The database's.
pub async fn lock(tx: &mut Tx, kind: Kind, key: &str) -> Result<()> {
    tx.query_one(&LOCK, &[&format!("{}:{key}", kind.as_str())])
        .await?;
    Ok(())
}

/// Remembers that the thing with this hash was deleted at `at`.
///
/// # Errors
/// The database's.
pub async fn bury(tx: &mut Tx, kind: Kind, key_hash: &[u8], at: Timestamp) -> Result<()> {
    tx.execute(&UPSERT, &[&kind.as_str(), &key_hash, &at])
        .await?;
    Ok(())
}

/// When the thing with this hash was deleted, if it was.
///
/// # Errors
/// The database's.
pub async fn find(tx: &mut Tx, kind: Kind, key_hash: &[u8]) -> Result<Option<Timestamp>> {
    let row = tx.query_opt(&FIND, &[&kind.as_str(), &key_hash]).await?;
    row.map(|row| row.try_get(0)).transpose()
}
