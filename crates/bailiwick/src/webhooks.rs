//! `bailiwick webhooks`: what was received and could not be processed.

use anyhow::Context as _;
use bailiwick_kernel::{Code, Env};
use bailiwick_pg::{Pool, PoolConfig};
use bailiwick_services::{Error, inbox};
use bailiwick_store::Store;

/// Lets one message that was given up be processed anew, by a server that runs.
///
/// # Errors
/// The message is settled or unknown; the database's.
pub async fn replay(app_url: &str, message: &str) -> anyhow::Result<()> {
    let pool = Pool::connect(PoolConfig::new(app_url).max_size(1))
        .await
        .context("DATABASE_URL")?;
    match inbox::reopen(&Store::new(pool), &Env::system(), message).await {
        Err(Error::Problem(problem)) if problem.code() == Code::NotFound => {
            anyhow::bail!("no dead or parked message has the id {message}")
        }
        other => Ok(other?),
    }
}
