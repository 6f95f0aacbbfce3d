//! Every webhook received, with its state.

use bailiwick_pg::{Tx, sql};
use jiff::Timestamp;

use crate::Result;

sql! {
    /// Keeps a message; nothing happens where it was kept before.
    INSERT(TEXT, TEXT, TEXT, TEXT, TEXT, TIMESTAMPTZ) = "
        insert into control.webhook_inbox (id, event_type, payload, state, last_error, received_at)
        values ($1, $2, $3, $4, $5, $6) on conflict (id) do nothing";
    /// A message that is still to be processed, locked.
    LOCK_OPEN(TEXT) = "
        select event_type, payload, attempts, received_at from control.webhook_inbox
        where id = $1 and state in ('received', 'parked') for update";
    /// Notes how processing went.
    SETTLE(TEXT, TEXT, TEXT, TIMESTAMPTZ) = "
        update control.webhook_inbox set state = $2, last_error = $3, attempts = attempts + 1,
               processed_at = case when $2 in ('done', 'ignored', 'dead') then $4::timestamptz end
        where id = $1";
    /// How many wait, and how many are dead.
    COUNT() = "
        select state, count(*) from control.webhook_inbox
        where state in ('received', 'parked', 'dead') group by state limit 10";
    /// Lets a dead or parked message be processed anew.
    REOPEN(TEXT) = "
        update control.webhook_inbox set state = 'received', attempts = 0 where id = $1 and state in ('dead', 'parked', 'received')";
    /// Removes some messages that are settled and old.
    PURGE(TIMESTAMPTZ) = "
        delete from control.webhook_inbox where id in (
          select id from control.webhook_inbox
          where state in ('done', 'ignored') and received_at < $1 order by received_at limit 500)";
    /// How a message stands.
    STATE(TEXT) = "select state from control.webhook_inbox where id = $1";
}

/// A message under lock.
#[derive(Debug, Clone)]
pub struct Message {
    /// Its event's type.
    pub event_type: String,
    /// The body as it was signed.
    pub payload: String,
    /// How often it was tried.
    pub attempts: i32,
    /// When it came.
    pub received_at: Timestamp,
}

/// Keeps a message; `false` where it was kept before.
///
/// # Errors
/// The database's.
pub async fn insert(
    tx: &mut Tx,
    id: &str,
    event_type: &str,
    payload: &str,
    state: &str,
    error: Option<&str>,
    now: Timestamp,
) -> Result<bool> {
    let n = tx
        .execute(&INSERT, &[&id, &event_type, &payload, &state, &error, &now])
        .await?;
    Ok(n == 1)
}

/// Locks a message that is still to be processed.
///
/// # Errors
/// The database's.
pub async fn lock_open(tx: &mut Tx, id: &str) -> Result<Option<Message>> {
    let row = tx.query_opt(&LOCK_OPEN, &[&id]).await?;
    row.map(|row| {
        Ok(Message {
            event_type: row.try_get(0)?,
            payload: row.try_get(1)?,
            attempts: row.try_get(2)?,
            received_at: row.try_get(3)?,
        })
    })
    .transpose()
}

/// Notes how processing went: `done`, `ignored`, `parked`, `received` (again later) or `dead`.
///
/// # Errors
/// The database's.
pub async fn settle(
    tx: &mut Tx,
    id: &str,
    state: &str,
    error: Option<&str>,
    now: Timestamp,
) -> Result<()> {
    tx.execute(&SETTLE, &[&id, &state, &error, &now]).await?;
    Ok(())
}

/// The state of a message, where it is known.
///
/// # Errors
/// The database's.
pub async fn state(tx: &mut Tx, id: &str) -> Result<Option<String>> {
    let row = tx.query_opt(&STATE, &[&id]).await?;
    Ok(row.map(|row| row.try_get(0)).transpose()?)
}

/// Removes some messages that were settled and came before `before`; answers how many.
///
/// # Errors
/// The database's.
pub async fn purge(store: &crate::Store, before: Timestamp) -> Result<u64> {
    store.pool().execute(&PURGE, &[&before]).await
}

/// Lets a dead or parked message be processed anew; `false` where it is neither.
///
/// # Errors
/// The database's.
pub async fn reopen(tx: &mut Tx, id: &str) -> Result<bool> {
    Ok(tx.execute(&REOPEN, &[&id]).await? == 1)
}

/// `(state, how many)` of what is not settled well, for metrics.
///
/// # Errors
/// The database's.
pub async fn counts(tx: &mut Tx) -> Result<Vec<(String, i64)>> {
    let rows = tx.query(&COUNT, &[]).await?;
    rows.iter()
        .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
        .collect()
}
