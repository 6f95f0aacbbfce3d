//! Who may sign up, and who may not.

use bailiwick_pg::{Row, Tx, sql};
use jiff::Timestamp;

use super::Page;
use crate::error::Result;

/// A row of `idp.restrictions`.
#[derive(Clone, Debug)]
pub struct Restriction {
    /// `alid_…` or `blid_…`.
    pub id: String,
    /// `allow` or `block`.
    pub list: String,
    /// An address, a number, or `*@domain`, in lower case.
    pub identifier: String,
    /// `email_address`, `phone_number` or `web3_wallet`.
    pub identifier_type: String,
    /// When it was made.
    pub created_at: Timestamp,
}

impl Restriction {
    fn read(row: &Row) -> Self {
        Self {
            id: row.get("id"),
            list: row.get("list"),
            identifier: row.get("identifier"),
            identifier_type: row.get("identifier_type"),
            created_at: row.get("created_at"),
        }
    }
}

sql! {
    /// A new entry.
    INSERT_RESTRICTION(TEXT, TEXT, TEXT, TEXT, TIMESTAMPTZ) = "
        insert into idp.restrictions (id, list, identifier, identifier_type, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $5)";
    /// A page of a list, the newest first.
    LIST_RESTRICTIONS(TEXT, INT8, INT8) = "
        select id, list, identifier, identifier_type, created_at
        from idp.restrictions where list = $1 order by created_at desc, id limit $2 offset $3";
    /// How long a list is.
    COUNT_RESTRICTIONS(TEXT) = "select count(*) from idp.restrictions where list = $1";
    /// Takes an entry off its list.
    DELETE_RESTRICTION(TEXT, TEXT) = "delete from idp.restrictions where list = $1 and id = $2";
    /// The lists on which one of these identifiers is.
    MATCH_RESTRICTIONS(TEXT_ARRAY) = "
        select distinct list from idp.restrictions where identifier = any($1) limit 2";
}

/// Stores a new entry.
pub async fn insert(tx: &mut Tx, row: &Restriction) -> Result<()> {
    tx.execute(
        &INSERT_RESTRICTION,
        &[
            &row.id,
            &row.list,
            &row.identifier,
            &row.identifier_type,
            &row.created_at,
        ],
    )
    .await?;
    Ok(())
}

/// A page of a list, the newest first, and how long the list is.
pub async fn list(tx: &mut Tx, list: &str, page: Page) -> Result<(Vec<Restriction>, i64)> {
    let rows = tx
        .query(&LIST_RESTRICTIONS, &[&list, &page.limit, &page.offset])
        .await?;
    let count = tx.query_one(&COUNT_RESTRICTIONS, &[&list]).await?;
    Ok((rows.iter().map(Restriction::read).collect(), count.get(0)))
}

/// Takes an entry off its list; whether it was there.
pub async fn delete(tx: &mut Tx, list: &str, id: &str) -> Result<bool> {
    Ok(tx.execute(&DELETE_RESTRICTION, &[&list, &id]).await? > 0)
}

/// The lists on which one of these identifiers is.
pub async fn lists_with(tx: &mut Tx, identifiers: &[String]) -> Result<Vec<String>> {
    let rows = tx.query(&MATCH_RESTRICTIONS, &[&identifiers]).await?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}
