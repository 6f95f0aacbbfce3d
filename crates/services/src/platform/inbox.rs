//! Webhooks that came: seen, looked into, processed again.

use bailiwick_clerk::webhook::{Envelope, EventError};
use bailiwick_kernel::Problem;
use bailiwick_kernel::page::{Cursor, InvalidCursor, Page, PageQuery};
use bailiwick_kernel::redact::without_secrets;
use bailiwick_store::inbox::{self as rows, Filter, Summary};
use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::Operator;
use crate::inbox::{reopen_dead_in, reopen_in};
use crate::{Result, sync};

/// Messages that one request opens again.
const REOPEN_MAX: i64 = 500;
/// Larger bodies are not shown.
const SHOWN_BYTES_MAX: usize = 128 * 1024;

/// A page of messages, the newest first.
///
/// # Errors
/// A cursor of another list; the database's.
pub async fn list(
    operator: &Operator,
    filter: &Filter,
    query: &PageQuery,
) -> Result<Page<Summary>> {
    let after = query.cursor.as_ref().map(place).transpose()?;
    let after = after.as_ref().map(|(at, id)| (*at, id.as_str()));
    let store = operator.app().store();
    let found = store
        .list_messages(filter, after, query.limit.fetch())
        .await?;
    Ok(Page::cut(found, query.limit, |message| {
        let key = format!("{} {}", message.received_at, message.id);
        Cursor::after(key, Uuid::nil())
    }))
}

/// A message's id is the sender's word, and no UUID.
fn place(cursor: &Cursor) -> Result<(Timestamp, String), Problem> {
    let key: String = cursor.key()?;
    let parts = key.split_once(' ');
    let read = parts.and_then(|(at, id)| Some((at.parse().ok()?, id.to_owned())));
    let is_possible = |(at, _): &(Timestamp, String)| *at >= Timestamp::UNIX_EPOCH;
    Ok(read.filter(is_possible).ok_or(InvalidCursor)?)
}

/// One message, without its body.
///
/// # Errors
/// `NOT_FOUND`; the database's.
pub async fn get(operator: &Operator, id: &str) -> Result<Summary> {
    let (summary, _) = find(operator, id).await?;
    Ok(summary)
}

async fn find(operator: &Operator, id: &str) -> Result<(Summary, String)> {
    // The database takes no NUL in a text; an id never has one.
    if id.contains('\0') {
        return Err(Problem::not_found().into());
    }
    let found = operator.app().store().find_message(id).await?;
    Ok(found.ok_or_else(Problem::not_found)?)
}

/// What a message said, as far as it is shown.
#[derive(Debug)]
pub enum Payload {
    /// This, with what is secret blotted out.
    Shown(Value),
    /// Nothing, for this reason: `not_processed` (an event that this installation has no use for may
    /// carry anything, a sign-in code for example), `unreadable` or `too_large`.
    Withheld(&'static str),
}

/// What a message said. That it was read is recorded.
///
/// # Errors
/// `NOT_FOUND`; the database's.
pub async fn payload(operator: &Operator, id: &str) -> Result<(Summary, Payload)> {
    let (summary, body) = find(operator, id).await?;
    let payload = shown(&body);
    let is_shown = matches!(payload, Payload::Shown(_));
    let mut tx = operator.begin().await?;
    let what = json!({"eventType": summary.event_type, "isShown": is_shown});
    let object = ("webhook", id);
    operator
        .record(&mut tx, "platform.read_payload", object, None, Some(what))
        .await?;
    tx.commit().await?;
    Ok((summary, payload))
}

fn shown(body: &str) -> Payload {
    if body.len() > SHOWN_BYTES_MAX {
        return Payload::Withheld("too_large");
    }
    match Envelope::parse(body.as_bytes()) {
        Ok(envelope) if !sync::is_handled(&envelope.event) => Payload::Withheld("not_processed"),
        Err(EventError::Envelope(_)) => Payload::Withheld("unreadable"),
        // Of a type that we have a use for, and not in the form that we know: worth a look.
        Ok(_) | Err(EventError::Data { .. }) => match serde_json::from_str(body) {
            Ok(value) => Payload::Shown(without_secrets(value)),
            Err(_) => Payload::Withheld("unreadable"),
        },
    }
}

/// Lets one message be processed anew that was given up, is parked, or lost its job.
///
/// # Errors
/// `NOT_FOUND`; `CONFLICT` where it is settled.
pub async fn replay(operator: &Operator, id: &str) -> Result<Summary> {
    let app = operator.app();
    let before = get(operator, id).await?;
    let now = app.env().now();
    let mut tx = operator.begin().await?;
    if !reopen_in(&mut tx, app.env(), id, now).await? {
        let detail = "The message has been processed.";
        return Err(Problem::conflict().detail(detail).into());
    }
    let was = json!({"state": before.state, "attempts": before.attempts});
    let object = ("webhook", id);
    operator
        .record(&mut tx, "platform.replay_message", object, Some(was), None)
        .await?;
    tx.commit().await?;
    app.wake_worker();
    get(operator, id).await
}

/// How far a replay of what was given up has come.
#[derive(Debug, Clone)]
pub struct Replayed {
    /// Opened by this request.
    pub opened: usize,
    /// Given up by `until` and not opened yet: ask again with the same time.
    pub remaining: i64,
    /// What was given up later is not opened: what dies again is not opened a second time.
    pub until: Timestamp,
}

/// Lets messages be processed anew that were given up, the oldest first and so many at once; of one
/// type of event where given.
///
/// # Errors
/// The database's; nothing was opened then.
pub async fn replay_dead(
    operator: &Operator,
    event_type: Option<&str>,
    until: Option<Timestamp>,
) -> Result<Replayed> {
    let app = operator.app();
    let now = app.env().now();
    let until = until.map_or(now, |until| until.clamp(Timestamp::UNIX_EPOCH, now));
    let mut tx = operator.begin().await?;
    let opened = reopen_dead_in(&mut tx, app.env(), event_type, until, REOPEN_MAX).await?;
    let remaining = rows::count_dead(&mut tx, event_type, until).await?;
    let what = json!({"opened": opened, "remaining": remaining, "until": until.to_string()});
    let object = ("webhooks", event_type.unwrap_or("all"));
    operator
        .record(&mut tx, "platform.replay_dead", object, None, Some(what))
        .await?;
    tx.commit().await?;
    app.wake_worker();
    Ok(Replayed {
        opened,
        remaining,
        until,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_of_no_use_here_is_not_shown() {
        let code =
            r#"{"type":"email.created","object":"event","data":{"body":"424242 is your code"}}"#;
        assert!(matches!(shown(code), Payload::Withheld("not_processed")));
        assert!(matches!(shown("424242"), Payload::Withheld("unreadable")));
        let large = format!("\"{}\"", "x".repeat(SHOWN_BYTES_MAX));
        assert!(matches!(shown(&large), Payload::Withheld("too_large")));
    }

    #[test]
    fn a_place_in_the_list_is_read_as_it_was_written() {
        let at: Timestamp = "2026-02-03T04:05:06.123456Z".parse().unwrap();
        let cursor = Cursor::after(format!("{at} msg_1 2"), Uuid::nil());
        assert_eq!(place(&cursor).unwrap(), (at, "msg_1 2".to_owned()));
        assert!(place(&Cursor::after("msg_1", Uuid::nil())).is_err());
    }
}
