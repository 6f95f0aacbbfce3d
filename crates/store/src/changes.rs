//! What commits in `control`, as it is announced (migration `control/0002_changes.sql`).

use bailiwick_pg::Listener;

use crate::{Result, Store};

/// The channel of announcements.
const CHANNEL: &str = "control_changes";

/// An announcement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// Of a user, or of a membership of theirs: the provider's id.
    User(String),
    /// Of an organization, or of its tenant's home: the provider's id, and ours.
    Organization(String, String),
    /// Of a feature flag: its key.
    Flag(String),
    /// An echo of [`Changes::ping`].
    Ping(String),
    /// Something that a newer version announces: to be taken for a change of anything.
    Other,
}

impl Change {
    fn read(text: &str) -> Self {
        let mut parts = text.splitn(3, ':');
        match (parts.next(), parts.next(), parts.next()) {
            (Some("u"), Some(id), None) => Self::User(id.to_owned()),
            (Some("o"), Some(theirs), Some(ours)) => {
                Self::Organization(theirs.to_owned(), ours.to_owned())
            }
            (Some("f"), Some(key), None) => Self::Flag(key.to_owned()),
            (Some("p"), Some(nonce), None) => Self::Ping(nonce.to_owned()),
            _ => Self::Other,
        }
    }
}

/// Hears what commits from here on.
pub struct Changes(Listener);

impl Store {
    /// Starts to listen, on a connection of its own. Where [`Store::can_listen`] says no, nothing
    /// would ever be heard.
    ///
    /// # Errors
    /// The database's.
    pub async fn changes(&self) -> Result<Changes> {
        Ok(Changes(self.direct().listen(CHANNEL).await?))
    }
}

impl Changes {
    /// The next change. May be dropped and called again.
    ///
    /// # Errors
    /// The connection is gone.
    pub async fn next(&mut self) -> Result<Change> {
        Ok(Change::read(&self.0.next().await?))
    }

    /// Sends an echo: once it is heard, everything that committed before has been heard.
    ///
    /// # Errors
    /// The database's.
    pub async fn ping(&mut self, nonce: &str) -> Result<()> {
        self.0.announce(&format!("p:{nonce}")).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn announcements_are_read() {
        for (text, change) in [
            ("u:user_1", Change::User("user_1".to_owned())),
            ("u:", Change::User(String::new())),
            (
                "o:org_1:0190",
                Change::Organization("org_1".to_owned(), "0190".to_owned()),
            ),
            ("p:7", Change::Ping("7".to_owned())),
            ("", Change::Other),
            ("x:1", Change::Other),
            ("o:org_1", Change::Other),
        ] {
            assert_eq!(Change::read(text), change, "{text}");
        }
    }
}
