//! The pool's connections: lent, at rest, and which has served long enough.

use std::sync::{Arc, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use tokio::sync::oneshot::Receiver;
use tokio::time::timeout;

use super::seats::{Grant, Guest, STUCK, Seats};
use super::{Inner, PoolConfig};
use crate::connection::Connection;
use crate::{Error, Result};

/// All of a pool's connections.
pub(super) struct Shelf {
    seats: Seats<Connection>,
    /// Opened in place of a worn one that has not come back yet.
    reserve: Option<Connection>,
    /// One is being opened in place of a worn one.
    is_opening: bool,
}

impl Shelf {
    /// For at most so many connections, beside one that takes a worn one's place.
    pub fn new(max_size: usize) -> Self {
        Self {
            seats: Seats::new(max_size),
            reserve: None,
            is_opening: false,
        }
    }
}

impl Guest for Connection {
    fn knows(&self, tenant: u64) -> bool {
        self.tenants.contains(&tenant)
    }
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

/// The right to one of the pool's seats: given up when it is dropped.
pub(super) struct Place {
    pool: Weak<Inner>,
    number: usize,
}

impl Place {
    fn new(pool: &Arc<Inner>, number: usize) -> Self {
        let pool = Arc::downgrade(pool);
        Self { pool, number }
    }

    /// Its number. It is not given up.
    fn keep(mut self) -> usize {
        self.pool = Weak::new();
        self.number
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if let Some(pool) = self.pool.upgrade() {
            pool.shelf().seats.vacate(self.number, Instant::now());
        }
    }
}

/// A caller in the queue, who may leave it at any time.
pub(super) struct Waiting {
    pool: Arc<Inner>,
    id: u64,
    granted: Receiver<Grant<Connection>>,
}

impl Waiting {
    /// A place, with a connection where it has one.
    pub async fn granted(mut self, at_most: Duration) -> Result<(Place, Option<Connection>)> {
        match timeout(at_most, self.grant()).await {
            Ok(Some(grant)) => Ok(self.pool.placed(grant)),
            Ok(None) | Err(_) => Err(Error::PoolTimeout(
                u64::try_from(at_most.as_millis()).unwrap_or(u64::MAX),
            )),
        }
    }

    async fn grant(&mut self) -> Option<Grant<Connection>> {
        loop {
            if let Ok(granted) = timeout(STUCK, &mut self.granted).await {
                return granted.ok();
            }
            let hurried = self.pool.shelf().seats.hurry(self.id, Instant::now());
            if hurried.is_some() {
                return hurried;
            }
        }
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        if self.pool.shelf().seats.leave(self.id) {
            return;
        }
        // What was granted and not taken up goes to somebody else.
        if let Ok(grant) = self.granted.try_recv() {
            let (place, connection) = self.pool.placed(grant);
            if let Some(connection) = connection {
                self.pool.put_back(connection, place);
            }
        }
    }
}

impl Inner {
    fn shelf(&self) -> MutexGuard<'_, Shelf> {
        self.shelf.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many rest, and how many work.
    pub(super) fn counts(&self) -> (usize, usize) {
        let mut shelf = self.shelf();
        let reserve = usize::from(shelf.reserve.is_some());
        (shelf.seats.resting().count() + reserve, shelf.seats.lent())
    }

    /// Closes all that rest.
    pub(super) fn clear(&self) {
        let mut shelf = self.shelf();
        shelf.reserve = None;
        shelf.seats.retain(|_| false);
    }

    /// A place for the tenant, with a connection where it has one; else a place in the queue.
    pub(super) fn claim(
        self: &Arc<Self>,
        tenant: u64,
    ) -> Result<(Place, Option<Connection>), Waiting> {
        let now = Instant::now();
        let mut shelf = self.shelf();
        if let Some(grant) = shelf.seats.claim(tenant, now) {
            let fresh = match &grant {
                Grant::Open(_) => shelf.reserve.take(),
                Grant::Ready(..) => None,
            };
            drop(shelf);
            let (place, connection) = self.placed(grant);
            return Ok((place, connection.or(fresh)));
        }
        let (id, granted) = shelf.seats.wait(tenant, now);
        drop(shelf);
        Err(Waiting {
            pool: Arc::clone(self),
            id,
            granted,
        })
    }

    fn placed(self: &Arc<Self>, grant: Grant<Connection>) -> (Place, Option<Connection>) {
        match grant {
            Grant::Ready(number, connection) => (Place::new(self, number), Some(connection)),
            Grant::Open(number) => (Place::new(self, number), None),
        }
    }

    /// Takes a settled connection back. A worn one goes on serving until another is open, so that
    /// no request waits for the change.
    pub(super) fn put_back(self: &Arc<Self>, mut connection: Connection, place: Place) {
        if connection.wire.is_broken() {
            return;
        }
        connection.idle_since = Instant::now();
        let wear = Wear::of(&connection, &self.config);
        let mut shelf = self.shelf();
        let mut wants_another = false;
        if wear != Wear::Fresh {
            match shelf.reserve.take() {
                Some(fresh) => connection = fresh,
                None if wear == Wear::Out => {
                    shelf.seats.vacate(place.keep(), Instant::now());
                    return;
                }
                None => wants_another = !shelf.is_opening,
            }
        }
        shelf
            .seats
            .put_back(place.keep(), connection, Instant::now());
        if wants_another {
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
                let is_worn = |c: &&mut Connection| Wear::of(c, &self.config) != Wear::Fresh;
                let mut resting = shelf.seats.resting();
                match resting.find(is_worn) {
                    Some(worn) => *worn = fresh,
                    None => {
                        drop(resting);
                        shelf.reserve = Some(fresh);
                    }
                }
            }
            Err(error) => tracing::debug!(%error, "a worn connection could not be replaced yet"),
        }
    }

    /// Closes what rests too long or has died.
    pub(super) fn reap(&self) {
        let timeout = self.config.idle_timeout;
        let mut shelf = self.shelf();
        let mut stays = |c: &mut Connection| c.idle_since.elapsed() < timeout && c.wire.is_alive();
        shelf.seats.retain(&mut stays);
        shelf.reserve.take_if(|connection| !stays(connection));
    }
}
