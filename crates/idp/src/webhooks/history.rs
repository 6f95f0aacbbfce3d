//! What was said, to whom, and what came of it: for people who look for a fault.

use bailiwick_pg::{Row, Tx, sql};
use jiff::Timestamp;

use crate::error::{Refusal, Result};
use crate::store::Page;

/// A message for one endpoint.
#[derive(Clone, Debug)]
pub struct Delivery {
    /// `msg_…`.
    pub message_id: String,
    /// `ep_…`.
    pub endpoint_id: String,
    /// Such as `user.created`.
    pub event_type: String,
    /// `pending`, `held`, `delivered` or `exhausted`.
    pub state: String,
    /// How many attempts were made since it was last made due.
    pub attempts: i32,
    /// When the next attempt is due, while there is one.
    pub due_at: Option<Timestamp>,
    /// When it was said.
    pub created_at: Timestamp,
    /// Where the endpoint listens.
    pub url: String,
}

/// A message as it is sent.
#[derive(Clone, Debug)]
pub struct Message {
    /// `msg_…`.
    pub id: String,
    /// Such as `user.created`.
    pub event_type: String,
    /// The body, to the byte.
    pub payload: String,
    /// When it was said.
    pub created_at: Timestamp,
}

/// One try.
#[derive(Clone, Debug)]
pub struct PastAttempt {
    /// The endpoint that was tried.
    pub endpoint_id: String,
    /// When.
    pub at: Timestamp,
    /// How long it took, in milliseconds.
    pub duration_ms: i64,
    /// The status of the answer, where there was one.
    pub status: Option<i32>,
    /// The beginning of the answer.
    pub response: Option<String>,
    /// Why there was none.
    pub error: Option<String>,
}

/// How the deliveries of an endpoint stand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Accepted.
    pub delivered: i64,
    /// To be attempted.
    pub pending: i64,
    /// Waiting for the endpoint to be put back into service.
    pub held: i64,
    /// Given up.
    pub exhausted: i64,
}

sql! {
    /// Deliveries to one endpoint, the newest first; `$2` is a state or empty.
    LIST_DELIVERIES(TEXT, TEXT, INT8, INT8) = "
        select d.message_id, d.endpoint_id, m.event_type, d.state, d.attempts,
               case when d.state = 'pending' then d.due_at end, m.created_at, e.url
          from idp.webhook_deliveries d
          join idp.webhook_messages m on m.id = d.message_id
          join idp.webhook_endpoints e on e.id = d.endpoint_id
         where d.endpoint_id = $1 and ($2 = '' or d.state = $2)
         order by d.seq desc limit $3 offset $4";
    /// Deliveries of one message.
    LIST_DELIVERIES_OF(TEXT) = "
        select d.message_id, d.endpoint_id, m.event_type, d.state, d.attempts,
               case when d.state = 'pending' then d.due_at end, m.created_at, e.url
          from idp.webhook_deliveries d
          join idp.webhook_messages m on m.id = d.message_id
          join idp.webhook_endpoints e on e.id = d.endpoint_id
         where d.message_id = $1 order by e.created_at, e.id limit 100";
    /// Messages, the newest first; `$1` is a type or empty.
    LIST_MESSAGES(TEXT, INT8, INT8) = "
        select id, event_type, payload, created_at from idp.webhook_messages
         where $1 = '' or event_type = $1 order by seq desc limit $2 offset $3";
    /// One message.
    FIND_MESSAGE(TEXT) = "
        select id, event_type, payload, created_at from idp.webhook_messages where id = $1";
    /// The attempts at one message, the newest first.
    LIST_ATTEMPTS(TEXT) = "
        select endpoint_id, attempted_at, duration_ms, status, response, error
          from idp.webhook_attempts where message_id = $1
         order by attempted_at desc, id desc limit 200";
    /// How many deliveries of an endpoint are in each state.
    TALLY(TEXT) = "
        select count(*) filter (where state = 'delivered'),
               count(*) filter (where state = 'pending'),
               count(*) filter (where state = 'held'),
               count(*) filter (where state = 'exhausted')
          from idp.webhook_deliveries where endpoint_id = $1";
}

fn delivery(row: &Row) -> Delivery {
    Delivery {
        message_id: row.get(0),
        endpoint_id: row.get(1),
        event_type: row.get(2),
        state: row.get(3),
        attempts: row.get(4),
        due_at: row.get(5),
        created_at: row.get(6),
        url: row.get(7),
    }
}

fn message(row: &Row) -> Message {
    Message {
        id: row.get(0),
        event_type: row.get(1),
        payload: row.get(2),
        created_at: row.get(3),
    }
}

/// Deliveries to one endpoint, the newest first. `state` is one of them, or empty.
pub async fn deliveries(
    tx: &mut Tx,
    endpoint_id: &str,
    state: &str,
    page: Page,
) -> Result<Vec<Delivery>> {
    let rows = tx
        .query(
            &LIST_DELIVERIES,
            &[&endpoint_id, &state, &page.limit, &page.offset],
        )
        .await?;
    Ok(rows.iter().map(delivery).collect())
}

/// To whom a message is or was to be sent.
pub async fn deliveries_of(tx: &mut Tx, message_id: &str) -> Result<Vec<Delivery>> {
    let rows = tx.query(&LIST_DELIVERIES_OF, &[&message_id]).await?;
    Ok(rows.iter().map(delivery).collect())
}

/// Messages, the newest first. `event_type` is one of them, or empty.
pub async fn messages(tx: &mut Tx, event_type: &str, page: Page) -> Result<Vec<Message>> {
    let rows = tx
        .query(&LIST_MESSAGES, &[&event_type, &page.limit, &page.offset])
        .await?;
    Ok(rows.iter().map(message).collect())
}

/// One message; 404 where there is none.
pub async fn find_message(tx: &mut Tx, id: &str) -> Result<Message> {
    let row = tx.query_opt(&FIND_MESSAGE, &[&id]).await?;
    Ok(message(
        &row.ok_or_else(|| Refusal::not_found("Webhook message"))?,
    ))
}

/// The attempts at one message, the newest first.
pub async fn attempts(tx: &mut Tx, message_id: &str) -> Result<Vec<PastAttempt>> {
    let rows = tx.query(&LIST_ATTEMPTS, &[&message_id]).await?;
    let read = |row: &Row| PastAttempt {
        endpoint_id: row.get(0),
        at: row.get(1),
        duration_ms: row.get(2),
        status: row.get(3),
        response: row.get(4),
        error: row.get(5),
    };
    Ok(rows.iter().map(read).collect())
}

/// How the deliveries of an endpoint stand.
pub async fn tally(tx: &mut Tx, endpoint_id: &str) -> Result<Tally> {
    let row = tx.query_one(&TALLY, &[&endpoint_id]).await?;
    Ok(Tally {
        delivered: row.get(0),
        pending: row.get(1),
        held: row.get(2),
        exhausted: row.get(3),
    })
}
