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
    /// Lets a dead or parked message be processed anew.
    REOPEN(TEXT) = "
        update control.webhook_inbox set state = 'received', attempts = 0 where id = $1 and state in ('dead', 'parked', 'received')";
    /// Removes some messages that are settled and old.
    PURGE(TIMESTAMPTZ) = "
        delete from control.webhook_inbox where id in (
          select id from control.webhook_inbox
          where state in ('done', 'ignored') and received_at < $1 order by received_at limit 500)";
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
