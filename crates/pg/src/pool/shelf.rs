//! Connections at rest: which one is lent, and which has served long enough.

use std::sync::{Arc, MutexGuard, PoisonError};
use std::time::Instant;

use super::{Inner, PoolConfig};
use crate::connection::Connection;

/// Connections at rest.
#[derive(Default)]
pub(super) struct Shelf {
    idle: Vec<Connection>,
    /// One is being opened in place of a worn one.
    is_opening: bool,
    /// One was opened in place of a worn one that has not come back yet.
    has_surplus: bool,
}

/// How much longer a connection serves.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Wear {
    Fresh,
    /// Until another has been opened.
    Due,
    /// No longer.
    Out,
}

impl Wear {
    fn of(connection: &Connection, config: &PoolConfig) -> Self {
        let age = connection.born.elapsed();
        let tables = connection.tables();
        let due = config.tables_max;
        let out = due.saturating_add((due / 4).max(1));
        if tables >= out || age > config.max_lifetime + config.max_lifetime / 4 {
            Self::Out
        } else if tables >= due || age > config.max_lifetime {
            Self::Due
        } else {
            Self::Fresh
        }
    }
}

impl Inner {
    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many rest.
    pub(super) fn idle(&self) -> usize {
        self.shelf().idle.len()
    }

    /// Closes all that rest.
    pub(super) fn clear(&self) {
        self.shelf().idle.clear();
    }

    /// Takes a settled connection back. A worn one goes on serving until another is open, so that
    /// no request waits for the change.
    pub(super) fn put_back(self: &Arc<Self>, mut connection: Connection) {
        if connection.wire.is_broken() {
            return;
        }
        connection.idle_since = Instant::now();
        let wear = Wear::of(&connection, &self.config);
        let mut shelf = self.shelf();
        if wear == Wear::Out || (wear == Wear::Due && shelf.has_surplus) {
            shelf.has_surplus = false;
            return;
        }
        shelf.idle.push(connection);
        if wear == Wear::Due && !shelf.is_opening {
            // Outside of a runtime nothing is opened: it wears out, and the next caller connects.
            if let Ok(runtime) = tokio::runtime::Handle::try_current() {
                shelf.is_opening = true;
                runtime.spawn(Arc::clone(self).replace());
            }
        }
    }

    /// Opens a connection and lets a worn one go for it.
    async fn replace(self: Arc<Self>) {
        let opened = self.connect().await;
        let mut shelf = self.shelf();
        shelf.is_opening = false;
        match opened {
            Ok(fresh) => {
                let is_worn = |c: &Connection| Wear::of(c, &self.config) != Wear::Fresh;
                match shelf.idle.iter().position(is_worn) {
                    Some(at) => drop(shelf.idle.remove(at)),
                    None => shelf.has_surplus = true,
                }
                shelf.idle.push(fresh);
            }
            Err(error) => tracing::debug!(%error, "a worn connection could not be replaced yet"),
        }
    }

    /// The best connection at rest: the tenant's own, else the one that rested longest.
    pub(super) fn take(&self, affinity: u64) -> Option<Connection> {
        let mut shelf = self.shelf();
        let idle = &mut shelf.idle;
        while !idle.is_empty() {
            let at = idle
                .iter()
                .rposition(|c| c.affinity == affinity)
                .unwrap_or(0);
            let mut connection = idle.remove(at);
            if connection.wire.is_alive() {
                return Some(connection);
            }
        }
        None
    }

    /// Closes what rests too long or has died.
    pub(super) fn reap(&self) {
        let timeout = self.config.idle_timeout;
        self.shelf()
            .idle
            .retain_mut(|c| c.idle_since.elapsed() < timeout && c.wire.is_alive());
    }
}
