//! `bailiwick serve`: production. Everything outside is named by settings.

use bailiwick_api::{Metrics, Module};
use bailiwick_kernel::Env;

use crate::server::{Listeners, Server};
use crate::settings::Settings;

/// Serves until a signal ends it.
///
/// # Errors
/// What [`Server::start`] refuses.
pub async fn run(settings: &Settings, modules: &[Module]) -> anyhow::Result<()> {
    let listeners = Listeners::bind(settings.listen, settings.internal_listen).await?;
    let server = Server::start(
        settings,
        modules,
        Env::system(),
        listeners,
        Metrics::install()?,
        None,
    )
    .await?;
    tracing::info!(address = %server.address, internal = %server.internal_address, "serving");
    signal().await?;
    tracing::info!("stopping");
    server.stop().await;
    Ok(())
}

/// Waits for SIGINT or SIGTERM.
///
/// # Errors
/// Signals cannot be listened for.
pub async fn signal() -> anyhow::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted?,
        _ = terminate.recv() => {}
    }
    Ok(())
}
