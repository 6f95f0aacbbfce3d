//! Webhooks: stored before they are acknowledged, processed at our own pace.

use bailiwick_clerk::webhook::{Envelope, EventError};
use bailiwick_kernel::id::JobId;
use bailiwick_kernel::{Code, Env, Problem};
use bailiwick_pg::Tx;
use bailiwick_store::{Store, inbox, jobs as queue};
use jiff::{SignedDuration, Timestamp};

use crate::jobs::ProcessMessage;
use crate::sync::{self, Outcome};
use crate::{App, Result};

/// What the sender is told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// `queued`, `duplicate` or `ignored`.
    pub status: &'static str,
    /// The event's type.
    pub event: String,
}

/// Keeps a message whose signature has been verified, together with the job that processes it.
///
/// # Errors
/// `WEBHOOK_PAYLOAD_INVALID` where it is not understood (kept as `dead`); the database's.
pub async fn receive(app: &App, id: &str, body: &[u8]) -> Result<Receipt> {
    let now = app.env().now();
    // The database takes no NUL in a text; an event never has one.
    let payload = String::from_utf8_lossy(body).replace('\0', "\u{fffd}");
    let parsed = Envelope::parse(body);
    let (event_type, state, error) = match &parsed {
        Ok(envelope) if sync::is_handled(&envelope.event) => {
            (envelope.event_type.clone(), "received", None)
        }
        Ok(envelope) => (envelope.event_type.clone(), "ignored", None),
        Err(EventError::Data { event_type, source }) => {
            (event_type.clone(), "dead", Some(source.to_string()))
        }
        Err(EventError::Envelope(source)) => (String::new(), "dead", Some(source.to_string())),
    };
    metrics::counter!("webhooks_received", "state" => state).increment(1);
    let mut tx = app.store().control().await?;
    let kept = inbox::insert(
        &mut tx,
        id,
        &event_type,
        &payload,
        state,
        error.as_deref(),
        now,
    )
    .await?;
    if kept && state == "received" {
        enqueue(&mut tx, app.env(), id, now).await?;
    }
    tx.commit().await?;
    tracing::info!(
        message = id,
        event = event_type,
        state,
        kept,
        "webhook received"
    );
    if state == "dead" {
        return Err(Problem::new(Code::WebhookPayloadInvalid).into());
    }
    if state == "received" {
        app.wake_worker();
    }
    let status = match (kept, state) {
        (false, _) => "duplicate",
        (true, "ignored") => "ignored",
        (true, _) => "queued",
    };
    Ok(Receipt {
        status,
        event: event_type,
    })
}

/// Processes a message: its effect and its state commit together. What it refers to and the mirror
/// does not have is fetched from the provider first.
///
/// # Errors
/// The database's, the provider's: tried again, later.
pub async fn process(app: &App, id: &str) -> Result<()> {
    // A membership may miss its user and its organization; one more for the message itself.
    for _ in 0..4 {
        let now = app.env().now();
        let mut tx = app.store().control().await?;
        let Some(message) = inbox::lock_open(&mut tx, id).await? else {
            return Ok(());
        };
        let envelope = match Envelope::parse(message.payload.as_bytes()) {
            Ok(envelope) => envelope,
            Err(error) => {
                inbox::settle(&mut tx, id, "dead", Some(&error.to_string()), now).await?;
                tx.commit().await?;
                return Ok(());
            }
        };
        let at = envelope.timestamp.unwrap_or(message.received_at);
        inbox::settle(&mut tx, id, "done", None, now).await?;
        match sync::apply(app, tx, &envelope.event, at).await? {
            outcome @ (Outcome::Done | Outcome::Stale) => {
                count(&message, &outcome, now);
                app.wake_worker();
                return Ok(());
            }
            Outcome::Missing(parent) => {
                park(app, id, &parent.to_string()).await?;
                sync::fetch::parent(app, &parent).await?;
            }
        }
    }
    Err(crate::Error::Inconsistent(format!(
        "message {id} misses its parents again and again"
    )))
}

fn count(message: &inbox::Message, outcome: &Outcome, now: Timestamp) {
    let outcome = match outcome {
        Outcome::Stale => "stale",
        _ => "applied",
    };
    let event = message.event_type.clone();
    metrics::counter!("webhooks_processed", "event" => event, "outcome" => outcome).increment(1);
    let took = now.duration_since(message.received_at);
    metrics::histogram!("webhook_processing_seconds").record(took.as_secs_f64());
}

/// Shows that a message waits for what it refers to.
async fn park(app: &App, id: &str, reason: &str) -> Result<()> {
    let now = app.env().now();
    let mut tx = app.store().control().await?;
    if inbox::lock_open(&mut tx, id).await?.is_some() {
        inbox::settle(&mut tx, id, "parked", Some(reason), now).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Gives a message up: it stays, visible, until somebody replays it.
///
/// # Errors
/// The database's.
pub async fn bury(app: &App, id: &str, reason: &str) -> Result<()> {
    let now = app.env().now();
    let mut tx = app.store().control().await?;
    if inbox::lock_open(&mut tx, id).await?.is_some() {
        inbox::settle(&mut tx, id, "dead", Some(reason), now).await?;
        metrics::counter!("webhook_failures", "reason" => "exhausted").increment(1);
        tracing::error!(message = id, reason, "a webhook was given up");
    }
    tx.commit().await?;
    Ok(())
}

/// Settled messages are kept for so long.
const RETENTION: SignedDuration = SignedDuration::from_hours(30 * 24);

/// Removes messages that are settled and older than 30 days, a bite at a time.
///
/// # Errors
/// The database's.
pub async fn purge(app: &App) -> Result<u64> {
    Ok(inbox::purge(app.store(), app.env().now() - RETENTION).await?)
}

/// Lets a message that was given up, or lost its job, be processed anew, now.
///
/// # Errors
/// As [`reopen`].
pub async fn replay(app: &App, id: &str) -> Result<()> {
    reopen(app.store(), app.env(), id).await?;
    app.wake_worker();
    Ok(())
}

/// The same for whichever server runs on this data.
///
/// # Errors
/// `NOT_FOUND` where it is settled, or unknown; the database's.
pub async fn reopen(store: &Store, env: &Env, id: &str) -> Result<()> {
    let mut tx = store.control().await?;
    if !reopen_in(&mut tx, env, id, env.now()).await? {
        return Err(Problem::not_found().into());
    }
    Ok(tx.commit().await?)
}

/// The same in the caller's transaction; `false` where it is settled, or unknown.
pub(crate) async fn reopen_in(tx: &mut Tx, env: &Env, id: &str, now: Timestamp) -> Result<bool> {
    let is_open = inbox::reopen(tx, id).await?;
    if is_open {
        enqueue(tx, env, id, now).await?;
    }
    Ok(is_open)
}

async fn enqueue(tx: &mut Tx, env: &Env, id: &str, now: Timestamp) -> Result<()> {
    let job = JobId::from(env.uuid());
    queue::enqueue(tx, job, &ProcessMessage::of(id, now), now).await?;
    Ok(())
}

/// Lets messages be processed anew that were given up by `until`, the oldest first, `limit` at most;
/// answers how many. Of one type of event where given.
pub(crate) async fn reopen_dead_in(
    tx: &mut Tx,
    env: &Env,
    event_type: Option<&str>,
    until: Timestamp,
    limit: i64,
) -> Result<usize> {
    let now = env.now();
    let opened = inbox::reopen_dead(tx, event_type, until, limit).await?;
    for id in &opened {
        enqueue(tx, env, id, now).await?;
    }
    Ok(opened.len())
}

/// So many dead messages are opened again in one transaction.
const REOPEN_BITE: i64 = 200;

/// Lets every message that was given up be processed anew, the oldest first; answers how many. What
/// dies again meanwhile is not opened a second time.
///
/// # Errors
/// The database's; what was opened before stays so.
pub async fn reopen_all(store: &Store, env: &Env) -> Result<usize> {
    let until = env.now();
    let mut total = 0;
    loop {
        let mut tx = store.control().await?;
        let opened = reopen_dead_in(&mut tx, env, None, until, REOPEN_BITE).await?;
        tx.commit().await?;
        if opened == 0 {
            return Ok(total);
        }
        total += opened;
    }
}

/// States of messages that are not their last.
const OPEN_STATES: [&str; 3] = ["received", "parked", "dead"];

/// Writes what waits in the inbox and in the queue into the metrics: the whole installation's, the
/// same on every server.
///
/// # Errors
/// The database's.
pub async fn measure(app: &App) -> Result<()> {
    let now = app.env().now();
    let waiting = app.store().waiting_messages().await?;
    for state in OPEN_STATES {
        let found = waiting.iter().find(|found| found.state == state);
        let count = found.map_or(0, |found| found.count);
        let age = found.map_or(0.0, |found| now.duration_since(found.since).as_secs_f64());
        metrics::gauge!("webhook_inbox_messages", "state" => state).set(gauge(count));
        metrics::gauge!("webhook_inbox_oldest_seconds", "state" => state).set(age.max(0.0));
    }
    let census = app.store().job_census(now).await?;
    for kind in crate::jobs::KINDS {
        let found = census.iter().find(|found| found.kind == kind);
        let late = found.and_then(|found| found.due_since);
        let late = late.map_or(0.0, |since| now.duration_since(since).as_secs_f64());
        let (open, dead) = found.map_or((0, 0), |found| (found.open, found.dead));
        metrics::gauge!("jobs_open", "kind" => kind).set(gauge(open));
        metrics::gauge!("jobs_dead_letters", "kind" => kind).set(gauge(dead));
        metrics::gauge!("jobs_late_seconds", "kind" => kind).set(late.max(0.0));
    }
    Ok(())
}

/// A count as metrics want it. Beyond 2³² nobody counts.
fn gauge(count: i64) -> f64 {
    f64::from(u32::try_from(count.max(0)).unwrap_or(u32::MAX))
}
