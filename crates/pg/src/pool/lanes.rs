//! How much of a pool one tenant may hold.
//!
//! While a tenant's transactions wait, for the end of its move or for each other's rows, each of them
//! holds a connection. So nobody gets all of them: what is kept back serves everybody else.

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Tenants are spread over so many lanes, so that nothing has to be kept for each of them. Who shares
/// a lane with a tenant that waits, waits as well.
const LANES: usize = 1024;
/// One connection in so many is out of any one lane's reach.
const KEPT_BACK: usize = 8;
/// Smaller pools have none to spare.
const SMALL: usize = 4;

/// The ways to the pool's connections. Whoever waits in a lane stands in nobody else's way.
pub(super) struct Lanes(Vec<Arc<Semaphore>>);

/// One of a lane's connections; given up when it is dropped.
pub(crate) struct Lane {
    _share: Option<OwnedSemaphorePermit>,
}

impl Lanes {
    /// To so many connections.
    pub fn to(max_size: usize) -> Self {
        let share = match max_size {
            ..SMALL => max_size,
            _ => max_size - max_size.div_ceil(KEPT_BACK),
        };
        let lane = |_| Arc::new(Semaphore::new(share));
        Self((0..LANES).map(lane).collect())
    }

    /// The lane with a number; 0 is none.
    fn of(&self, number: u64) -> Option<Arc<Semaphore>> {
        // The lowest bit is always set.
        let lane = usize::try_from((number >> 1) % LANES as u64).ok()?;
        (number != 0).then(|| Arc::clone(&self.0[lane]))
    }

    /// A connection's worth of the lane, where there is one.
    pub fn try_enter(&self, number: u64) -> Option<Lane> {
        let share = match self.of(number) {
            Some(lane) => Some(lane.try_acquire_owned().ok()?),
            None => None,
        };
        Some(Lane { _share: share })
    }

    /// The same when there is one. Nobody ends a lane, so it comes.
    pub async fn enter(&self, number: u64) -> Lane {
        let share = match self.of(number) {
            Some(lane) => lane.acquire_owned().await.ok(),
            None => None,
        };
        Lane { _share: share }
    }
}

#[cfg(test)]
mod tests {
    use super::Lanes;

    #[test]
    fn one_tenant_gets_most_of_it_and_never_all() {
        for (max, share) in [(1, 1), (3, 3), (4, 3), (6, 5), (10, 8), (64, 56)] {
            let lanes = Lanes::to(max);
            let held: Vec<_> = (0..max).map_while(|_| lanes.try_enter(3)).collect();
            assert_eq!(held.len(), share, "of {max}");
            assert!(lanes.try_enter(5).is_some(), "another's");
            drop(held);
            assert!(lanes.try_enter(3).is_some());
        }
    }

    #[test]
    fn what_is_nobodys_may_have_all() {
        let lanes = Lanes::to(10);
        let held: Vec<_> = (0..10).map_while(|_| lanes.try_enter(0)).collect();
        assert_eq!(held.len(), 10);
    }
}
