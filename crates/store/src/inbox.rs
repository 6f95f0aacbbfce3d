//! Every webhook received, with its state.

use bailiwick_pg::{Row, ToSql, Tx, sql};
use jiff::Timestamp;

use crate::Result;

macro_rules! list {
    ($which:literal) => {
        concat!(
            "select id, event_type, state, attempts, last_error, received_at, processed_at
             from control.webhook_inbox where ",
            $which,
            "
               and ($1::text is null or state = $1)
               and ($2::text is null or event_type = $2)
               and ($3::timestamptz is null or received_at >= $3)
               and ($4::timestamptz is null or received_at < $4)
               and ($5::timestamptz is null or (received_at, id) < ($5, $6))
             order by received_at desc, id desc limit $7"
        )
    };
}

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
    /// Messages, the newest first, without their bodies.
    LIST(TEXT, TEXT, TIMESTAMPTZ, TIMESTAMPTZ, TIMESTAMPTZ, TEXT, INT8) = list!("true");
    /// Those in a state that is not their last, which are few and have an index of their own.
    LIST_OPEN(TEXT, TEXT, TIMESTAMPTZ, TIMESTAMPTZ, TIMESTAMPTZ, TEXT, INT8) =
        list!("state in ('received', 'parked', 'dead')");
    /// One message with its body.
    FIND(TEXT) = "
        select id, event_type, state, attempts, last_error, received_at, processed_at, payload
        from control.webhook_inbox where id = $1";
    /// Lets dead messages be processed anew that were given up by `$2`, the oldest first.
    REOPEN_DEAD(TEXT, TIMESTAMPTZ, INT8) = "
        update control.webhook_inbox set state = 'received', attempts = 0 where id in (
          select id from control.webhook_inbox
          where state = 'dead' and ($1::text is null or event_type = $1)
            and coalesce(processed_at, received_at) <= $2
          order by received_at, id limit $3 for update skip locked)
        returning id";
    /// How many of those there are.
    COUNT_DEAD(TEXT, TIMESTAMPTZ) = "
        select count(1) from control.webhook_inbox
        where state = 'dead' and ($1::text is null or event_type = $1) and coalesce(processed_at, received_at) <= $2";
    /// How many messages wait, and since when.
    CENSUS() = "
        select state, count(1), min(received_at) from control.webhook_inbox
        where state in ('received', 'parked', 'dead') group by state order by state limit 10";
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

/// A message as lists show one.
#[derive(Debug, Clone)]
pub struct Summary {
    /// The sender's id of it.
    pub id: String,
    /// Its event's type; empty where nobody understood it.
    pub event_type: String,
    /// `received`, `parked`, `done`, `ignored` or `dead`.
    pub state: String,
    /// How often its processing came to an end, good or bad.
    pub attempts: i32,
    /// Why it was parked or given up.
    pub last_error: Option<String>,
    /// When it came.
    pub received_at: Timestamp,
    /// When it was settled.
    pub processed_at: Option<Timestamp>,
}

/// Which messages. What is none does not narrow.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// In this state.
    pub state: Option<&'static str>,
    /// Of this type of event.
    pub event_type: Option<String>,
    /// That came not before.
    pub from: Option<Timestamp>,
    /// That came before.
    pub to: Option<Timestamp>,
}

/// How many messages are in a state that is not their last.
#[derive(Debug, Clone)]
pub struct Waiting {
    /// `received`, `parked` or `dead`.
    pub state: String,
    /// How many.
    pub count: i64,
    /// When the oldest of them came.
    pub since: Timestamp,
}

impl crate::Store {
    /// A page of messages after `(received_at, id)`, the newest first.
    ///
    /// # Errors
    /// The database's.
    pub async fn list_messages(
        &self,
        filter: &Filter,
        after: Option<(Timestamp, &str)>,
        limit: i64,
    ) -> Result<Vec<Summary>> {
        let Filter {
            state,
            event_type,
            from,
            to,
        } = filter;
        let (at, id) = after.map_or((None, None), |(at, id)| (Some(at), Some(id)));
        let statement = match state {
            Some("received" | "parked" | "dead") => &LIST_OPEN,
            _ => &LIST,
        };
        let params: [&(dyn ToSql + Sync); 7] = [state, event_type, from, to, &at, &id, &limit];
        let rows = self.pool().query(statement, &params).await?;
        rows.iter().map(summary).collect()
    }

    /// One message and its body.
    ///
    /// # Errors
    /// The database's.
    pub async fn find_message(&self, id: &str) -> Result<Option<(Summary, String)>> {
        let row = self.pool().query_opt(&FIND, &[&id]).await?;
        row.map(|row| Ok((summary(&row)?, row.try_get(7)?)))
            .transpose()
    }

    /// What waits, by state.
    ///
    /// # Errors
    /// The database's.
    pub async fn waiting_messages(&self) -> Result<Vec<Waiting>> {
        let rows = self.pool().query(&CENSUS, &[]).await?;
        rows.iter()
            .map(|row| {
                Ok(Waiting {
                    state: row.try_get(0)?,
                    count: row.try_get(1)?,
                    since: row.try_get(2)?,
                })
            })
            .collect()
    }
}

fn summary(row: &Row) -> Result<Summary> {
    Ok(Summary {
        id: row.try_get(0)?,
        event_type: row.try_get(1)?,
        state: row.try_get(2)?,
        attempts: row.try_get(3)?,
        last_error: row.try_get(4)?,
        received_at: row.try_get(5)?,
        processed_at: row.try_get(6)?,
    })
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

/// Lets messages be processed anew that were given up by `until`, the oldest first; answers their
/// ids. Of one type of event where given.
///
/// # Errors
/// The database's.
pub async fn reopen_dead(
    tx: &mut Tx,
    event_type: Option<&str>,
    until: Timestamp,
    limit: i64,
) -> Result<Vec<String>> {
    let rows = tx
        .query(&REOPEN_DEAD, &[&event_type, &until, &limit])
        .await?;
    rows.iter().map(|row| row.try_get(0)).collect()
}

/// How many messages were given up by `until`, and still are.
///
/// # Errors
/// The database's.
pub async fn count_dead(tx: &mut Tx, event_type: Option<&str>, until: Timestamp) -> Result<i64> {
    let row = tx.query_one(&COUNT_DEAD, &[&event_type, &until]).await?;
    row.try_get(0)
}
