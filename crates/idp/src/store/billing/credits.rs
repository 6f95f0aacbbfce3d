//! What payers were given and have used up, entry by entry. The balance is the subscription's.

use bailiwick_pg::{Row, Tx, sql};
use jiff::Timestamp;

use crate::error::Result;
use crate::store::Page;

/// A row of `idp.billing_credits`.
#[derive(Clone, Debug)]
pub struct Entry {
    /// `ccred_…`.
    pub id: String,
    /// Whose it is.
    pub subscription_id: String,
    /// Negative where something was taken.
    pub amount: i64,
    /// As ISO 4217 has it.
    pub currency: String,
    /// What it came of: `adjustment` or `payment`.
    pub source_type: String,
    /// Which one of those; each counts once.
    pub source_id: String,
    /// For people.
    pub note: Option<String>,
    /// When it came to be.
    pub created_at: Timestamp,
}

impl Entry {
    fn read(row: &Row) -> Self {
        Self {
            id: row.get("id"),
            subscription_id: row.get("subscription_id"),
            amount: row.get("amount"),
            currency: row.get("currency"),
            source_type: row.get("source_type"),
            source_id: row.get("source_id"),
            note: row.get("note"),
            created_at: row.get("created_at"),
        }
    }
}

macro_rules! columns {
    () => {
        "select id, subscription_id, amount, currency, source_type, source_id, note, created_at
         from idp.billing_credits "
    };
}

sql! {
    /// A payer's entries, newest first.
    LIST(TEXT, INT8, INT8) = concat!(columns!(), "
        where subscription_id = $1 order by created_at desc, id desc limit $2 offset $3");
    /// How many [`LIST`] has on all pages.
    COUNT(TEXT) = "select count(*) from idp.billing_credits where subscription_id = $1";
    /// What one source has led to.
    FIND(TEXT, TEXT, TEXT) = concat!(columns!(),
        "where subscription_id = $1 and source_type = $2 and source_id = $3");
    /// A new one.
    INSERT(TEXT, TEXT, INT8, TEXT, TEXT, TEXT, TEXT, TIMESTAMPTZ) = "
        insert into idp.billing_credits (id, subscription_id, amount, currency, source_type,
            source_id, note, created_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8)";
}

/// A page of a payer's entries, newest first, and how many there are.
pub async fn list(tx: &mut Tx, subscription_id: &str, page: Page) -> Result<(Vec<Entry>, i64)> {
    let rows = tx
        .query(&LIST, &[&subscription_id, &page.limit, &page.offset])
        .await?;
    let count = tx.query_one(&COUNT, &[&subscription_id]).await?.get(0);
    Ok((rows.iter().map(Entry::read).collect(), count))
}

/// What one source has led to.
pub async fn find(
    tx: &mut Tx,
    subscription_id: &str,
    source_type: &str,
    source_id: &str,
) -> Result<Option<Entry>> {
    let row = tx
        .query_opt(&FIND, &[&subscription_id, &source_type, &source_id])
        .await?;
    Ok(row.as_ref().map(Entry::read))
}

/// Stores a new one. The same source twice violates `billing_credits_once`.
pub async fn insert(tx: &mut Tx, entry: &Entry) -> Result<()> {
    tx.execute(
        &INSERT,
        &[
            &entry.id,
            &entry.subscription_id,
            &entry.amount,
            &entry.currency,
            &entry.source_type,
            &entry.source_id,
            &entry.note,
            &entry.created_at,
        ],
    )
    .await?;
    Ok(())
}
