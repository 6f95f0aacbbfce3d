//! A connection on loan.

use std::sync::{Arc, Weak};
use std::time::Duration;

use super::Inner;
use super::lanes::Lane;
use super::shelf::Place;
use crate::connection::Connection;
use crate::{Error, Result};

/// How long a statement that nobody waits for may go on before it is cancelled, and its end may
/// take from there.
const PATIENCE: Duration = Duration::from_secs(1);

/// How often a statement is cancelled before its connection is given up: PostgreSQL ignores a
/// request that comes before the statement has begun.
const CANCELS: u32 = 3;

/// A connection on loan; back in the pool when dropped, unless it broke.
pub(crate) struct Loan {
    connection: Option<Connection>,
    pool: Weak<Inner>,
    place: Option<Place>,
    lane: Option<Lane>,
}

impl Loan {
    pub(super) fn new(connection: Connection, pool: &Arc<Inner>, place: Place) -> Self {
        Self {
            connection: Some(connection),
            pool: Arc::downgrade(pool),
            place: Some(place),
            lane: None,
        }
    }

    /// The same, counted in a lane.
    pub(super) fn within(mut self, lane: Lane) -> Self {
        self.lane = Some(lane);
        self
    }

    pub fn connection(&mut self) -> Result<&mut Connection> {
        self.connection.as_mut().ok_or(Error::Poisoned)
    }
}

impl Drop for Loan {
    fn drop(&mut self) {
        let (Some(connection), Some(place), Some(pool)) = (
            self.connection.take(),
            self.place.take(),
            self.pool.upgrade(),
        ) else {
            return;
        };
        if connection.wire.is_settled() {
            pool.put_back(connection, place);
        } else if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(settle(pool, connection, place, self.lane.take()));
        }
    }
}

/// Ends what a caller left under way, and gives the connection back once it is fit for anybody.
/// Its place and its lane are held meanwhile: connections that settle count.
async fn settle(pool: Arc<Inner>, mut connection: Connection, place: Place, _lane: Option<Lane>) {
    let mut cancels = 0;
    let settled = loop {
        if let Ok(settled) = tokio::time::timeout(PATIENCE, connection.wire.settle()).await {
            break settled;
        }
        if cancels == CANCELS {
            return;
        }
        cancels += 1;
        if let Err(error) = connection.wire.cancel(&pool.target, &connection.way).await {
            tracing::debug!(%error, "a statement could not be cancelled");
        }
    };
    match settled {
        Ok(()) => pool.put_back(connection, place),
        Err(error) => tracing::debug!(%error, "a connection that was given up did not settle"),
    }
}
