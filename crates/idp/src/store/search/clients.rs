//! Listing browsers.

use bailiwick_pg::{Tx, sql};

use super::super::Page;
use super::ids;
use crate::error::Result;

sql! {
    /// Ids of browsers, the newest first.
    LIST_CLIENTS(INT8, INT8) = "
        select id from idp.clients order by created_at desc, id limit $1 offset $2";
    /// How many there are.
    COUNT_CLIENTS() = "select count(*) from idp.clients";
    /// Ids of the live sessions of these browsers, the oldest first.
    LIST_SESSIONS_OF_CLIENTS(TEXT_ARRAY, TIMESTAMPTZ, INT8) = "
        select id from idp.sessions
        where client_id = any($1) and status in ('active', 'pending')
          and expire_at > $2 and abandon_at > $2
        order by created_at, id limit $3";
}

/// The most sessions that are read with a page of browsers.
const SESSIONS_MAX: i64 = 5000;

/// A page of browsers' ids, the newest first, and how many there are.
pub async fn list(tx: &mut Tx, page: Page) -> Result<(Vec<String>, i64)> {
    let rows = tx
        .query(&LIST_CLIENTS, &[&page.limit, &page.offset])
        .await?;
    let count = tx.query_one(&COUNT_CLIENTS, &[]).await?;
    Ok((ids(&rows), count.get(0)))
}

/// Ids of the live sessions of these browsers.
pub async fn sessions(
    tx: &mut Tx,
    client_ids: &[String],
    now: jiff::Timestamp,
) -> Result<Vec<String>> {
    let rows = tx
        .query(
            &LIST_SESSIONS_OF_CLIENTS,
            &[&client_ids, &now, &SESSIONS_MAX],
        )
        .await?;
    Ok(ids(&rows))
}
