//! Addresses outside the application that links may lead to.

use bailiwick_pg::{Row, Tx, sql};
use jiff::Timestamp;

use super::Page;
use crate::error::Result;

/// A row of `idp.redirect_urls`.
#[derive(Clone, Debug)]
pub struct RedirectUrl {
    /// `ru_…`.
    pub id: String,
    /// The whole address.
    pub url: String,
    /// When it came to be.
    pub created_at: Timestamp,
}

impl RedirectUrl {
    fn read(row: &Row) -> Self {
        Self {
            id: row.get("id"),
            url: row.get("url"),
            created_at: row.get("created_at"),
        }
    }
}

sql! {
    /// A new one.
    INSERT(TEXT, TEXT, TIMESTAMPTZ) = "
        insert into idp.redirect_urls (id, url, created_at) values ($1, $2, $3)";
    /// All of them, the newest first.
    LIST(INT8, INT8) = "
        select id, url, created_at from idp.redirect_urls
        order by created_at desc, id limit $1 offset $2";
    /// How many there are.
    COUNT() = "select count(*) from idp.redirect_urls";
    /// One by its id.
    FIND(TEXT) = "select id, url, created_at from idp.redirect_urls where id = $1";
    /// Whether an address is one of them.
    IS_KNOWN(TEXT) = "select exists (select 1 from idp.redirect_urls where url = $1)";
    /// Gone.
    DELETE(TEXT) = "delete from idp.redirect_urls where id = $1";
}

/// Stores a new one. One that is there violates `redirect_urls_once`.
pub async fn insert(tx: &mut Tx, row: &RedirectUrl) -> Result<()> {
    tx.execute(&INSERT, &[&row.id, &row.url, &row.created_at])
        .await?;
    Ok(())
}

/// A page of them, the newest first, and how many there are.
pub async fn list(tx: &mut Tx, page: Page) -> Result<(Vec<RedirectUrl>, i64)> {
    let rows = tx.query(&LIST, &[&page.limit, &page.offset]).await?;
    let count = tx.query_one(&COUNT, &[]).await?.get(0);
    Ok((rows.iter().map(RedirectUrl::read).collect(), count))
}

/// The one of that id.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<RedirectUrl>> {
    let row = tx.query_opt(&FIND, &[&id]).await?;
    Ok(row.as_ref().map(RedirectUrl::read))
}

/// Whether an address is one of them.
pub async fn is_known(tx: &mut Tx, url: &str) -> Result<bool> {
    Ok(tx.query_one(&IS_KNOWN, &[&url]).await?.get(0))
}

/// Deletes it; whether it was there.
pub async fn delete(tx: &mut Tx, id: &str) -> Result<bool> {
    Ok(tx.execute(&DELETE, &[&id]).await? > 0)
}
