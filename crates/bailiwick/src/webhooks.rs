//! `bailiwick webhooks`: what was received, and what could not be processed.

use std::fmt::Write as _;

use anyhow::Context as _;
use bailiwick_kernel::{Code, Env};
use bailiwick_pg::{Pool, PoolConfig};
use bailiwick_services::{Error, inbox};
use bailiwick_store::Store;
use bailiwick_store::inbox::{Filter, Summary};

/// The states that a message can be in.
pub const STATES: [&str; 5] = ["received", "parked", "done", "ignored", "dead"];

async fn store(app_url: &str) -> anyhow::Result<Store> {
    let pool = Pool::connect(PoolConfig::new(app_url).max_size(1))
        .await
        .context("DATABASE_URL")?;
    Ok(Store::new(pool))
}

/// The newest messages, of one state where given, a line each.
///
/// # Errors
/// The database's.
pub async fn list(app_url: &str, state: Option<&str>, limit: u32) -> anyhow::Result<String> {
    let state = STATES.into_iter().find(|known| state == Some(*known));
    let filter = Filter {
        state,
        ..Filter::default()
    };
    let store = store(app_url).await?;
    let found = store.list_messages(&filter, None, limit.into()).await?;
    if found.is_empty() {
        return Ok("no messages".to_owned());
    }
    let mut text = String::new();
    for message in &found {
        writeln!(text, "{}", line(message))?;
    }
    Ok(text.trim_end().to_owned())
}

fn line(message: &Summary) -> String {
    let Summary {
        id,
        event_type,
        state,
        attempts,
        received_at,
        ..
    } = message;
    let why = message.last_error.as_deref().unwrap_or_default();
    format!("{received_at:.0}  {state:<8}  {id}  {event_type}  attempts {attempts}  {why}")
        .trim_end()
        .to_owned()
}

/// One message, with its body.
///
/// # Errors
/// It is unknown; the database's.
pub async fn show(app_url: &str, id: &str) -> anyhow::Result<String> {
    let found = store(app_url).await?.find_message(id).await?;
    let (message, body) = found.with_context(|| format!("no message has the id {id}"))?;
    let body = match serde_json::from_str::<serde_json::Value>(&body) {
        Ok(json) => serde_json::to_string_pretty(&json)?,
        Err(_) => body,
    };
    Ok(format!("{}\n{body}", line(&message)))
}

/// Lets one message that was given up be processed anew, by a server that runs.
///
/// # Errors
/// The message is settled or unknown; the database's.
pub async fn replay(app_url: &str, message: &str) -> anyhow::Result<()> {
    let store = store(app_url).await?;
    match inbox::reopen(&store, &Env::system(), message).await {
        Err(Error::Problem(problem)) if problem.code() == Code::NotFound => {
            anyhow::bail!("no dead or parked message has the id {message}")
        }
        other => Ok(other?),
    }
}

/// The same for every message that was given up, the oldest first; answers how many.
///
/// # Errors
/// The database's.
pub async fn replay_all(app_url: &str) -> anyhow::Result<usize> {
    let store = store(app_url).await?;
    Ok(inbox::reopen_all(&store, &Env::system()).await?)
}
