//! What other connections announce by `NOTIFY`.

use crate::connection::Connection;
use crate::{Error, Pool, Result, Schema, Type};

/// A connection of its own that hears one channel. Needs a server behind it: a pooler in
/// transaction mode passes nothing on.
pub struct Listener {
    connection: Connection,
    channel: Schema,
}

impl Pool {
    /// Listens on `channel` (a name as schemas have them), beside the pool's own connections.
    ///
    /// # Errors
    /// The database's; no connection.
    pub async fn listen(&self, channel: &str) -> Result<Listener> {
        let channel = Schema::new(channel).map_err(|error| Error::Config(error.to_string()))?;
        let mut connection = self.connect_beside().await?;
        connection.batch(&format!("listen {channel}")).await?;
        Ok(Listener {
            connection,
            channel,
        })
    }
}

impl Listener {
    /// The next announcement. May be dropped and called again: none is lost.
    ///
    /// # Errors
    /// The connection is gone.
    pub async fn next(&mut self) -> Result<String> {
        self.connection.wire.heard().await
    }

    /// Announces `text` to everybody on the channel, ourselves included: in the order of commits,
    /// so that whoever hears it has heard all that was committed before.
    ///
    /// # Errors
    /// The database's.
    pub async fn announce(&mut self, text: &str) -> Result<()> {
        let types = [Type::TEXT, Type::TEXT];
        let channel = self.channel.as_str();
        self.connection
            .ask("select pg_notify($1, $2)", &types, &[&channel, &text])
            .await?;
        Ok(())
    }
}
