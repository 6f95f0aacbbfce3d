//! What was charged in a month.

use bailiwick_pg::{Row, Tx, sql};
use jiff::Timestamp;

use crate::error::Result;
use crate::store::Page;

/// A row of `idp.billing_statements`.
#[derive(Clone, Debug)]
pub struct Statement {
    /// `cstmt_…`.
    pub id: String,
    /// Whose it is.
    pub subscription_id: String,
    /// The first instant of its month.
    pub month_start: Timestamp,
    /// When it came to be.
    pub created_at: Timestamp,
}

impl Statement {
    fn read(row: &Row) -> Self {
        Self {
            id: row.get("id"),
            subscription_id: row.get("subscription_id"),
            month_start: row.get("month_start"),
            created_at: row.get("created_at"),
        }
    }
}

sql! {
    /// The statement of a month, made where there is none.
    ENSURE(TEXT, TEXT, TIMESTAMPTZ, TIMESTAMPTZ) = "
        with made as (
            insert into idp.billing_statements (id, subscription_id, month_start, created_at)
            values ($1, $2, $3, $4) on conflict (subscription_id, month_start) do nothing
            returning id
        )
        select id from made union all
        select id from idp.billing_statements where subscription_id = $2 and month_start = $3
        limit 1";
    /// Statements of a payer, or of all; newest first.
    LIST(TEXT, INT8, INT8) = "
        select id, subscription_id, month_start, created_at from idp.billing_statements
        where $1 = '' or subscription_id = $1
        order by created_at desc, id desc limit $2 offset $3";
    /// How many [`LIST`] has on all pages.
    COUNT(TEXT) = "
        select count(*) from idp.billing_statements where $1 = '' or subscription_id = $1";
    /// A statement, of a payer or of anybody.
    FIND(TEXT, TEXT) = "
        select id, subscription_id, month_start, created_at from idp.billing_statements
        where id = $1 and ($2 = '' or subscription_id = $2)";
}

/// The id of the statement of a month, which is `id` where there was none.
pub async fn ensure(tx: &mut Tx, statement: &Statement) -> Result<String> {
    let row = tx
        .query_one(
            &ENSURE,
            &[
                &statement.id,
                &statement.subscription_id,
                &statement.month_start,
                &statement.created_at,
            ],
        )
        .await?;
    Ok(row.get(0))
}

/// A page of a payer's statements, or of all where `subscription_id` is empty; newest first.
pub async fn list(tx: &mut Tx, subscription_id: &str, page: Page) -> Result<(Vec<Statement>, i64)> {
    let rows = tx
        .query(&LIST, &[&subscription_id, &page.limit, &page.offset])
        .await?;
    let count = tx.query_one(&COUNT, &[&subscription_id]).await?.get(0);
    Ok((rows.iter().map(Statement::read).collect(), count))
}

/// The statement of that id, if it is of that subscription; of any where that is empty.
pub async fn find(tx: &mut Tx, id: &str, subscription_id: &str) -> Result<Option<Statement>> {
    let row = tx.query_opt(&FIND, &[&id, &subscription_id]).await?;
    Ok(row.as_ref().map(Statement::read))
}
