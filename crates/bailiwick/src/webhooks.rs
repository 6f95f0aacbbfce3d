//! `bailiwick webhooks`: what was received and could not be processed.

use anyhow::Context as _;
use bailiwick_kernel::Env;
use bailiwick_kernel::id::JobId;
use bailiwick_pg::{Pool, PoolConfig};
use bailiwick_services::jobs::ProcessMessage;
use bailiwick_store::{inbox, jobs};

/// Lets one message that was given up be processed anew, by a server that runs.
///
/// # Errors
/// The message is not dead or parked; the database's.
pub async fn replay(app_url: &str, message: &str) -> anyhow::Result<()> {
    let pool = Pool::connect(PoolConfig::new(app_url).max_size(1))
        .await
        .context("DATABASE_URL")?;
    let env = Env::system();
    let mut tx = pool.begin().await?;
    if !inbox::reopen(&mut tx, message).await? {
        anyhow::bail!("no dead or parked message has the id {message}");
    }
    let now = env.now();
    jobs::enqueue(
        &mut tx,
        JobId::from(env.uuid()),
        &ProcessMessage::of(message, now),
        now,
    )
    .await?;
    tx.commit().await?;
    Ok(())
}
