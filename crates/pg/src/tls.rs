//! The way to the server: a socket file, plain TCP, or TLS where the connection string asks.

use tokio_postgres::{Client, Config, NoTls};

use crate::Result;

/// Opens a connection and drives it in a task of its own until the client is dropped.
pub(crate) async fn connect(config: &Config) -> Result<Client> {
    let (client, connection) = config.connect(NoTls).await?;
    tokio::spawn(async move {
        if let Err(error) = connection.await {
            tracing::debug!(%error, "a database connection ended");
        }
    });
    Ok(client)
}
