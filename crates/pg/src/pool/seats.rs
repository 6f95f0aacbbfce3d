//! Who gets which connection. A pool has as many seats as it may have connections, and each tenant
//! has a home among them: its statements are prepared there and its tables known, and each
//! connection serves a part of the tenants instead of all of them. A tenant that finds its home
//! taken goes where it is known as well, or waits a little; only then, or where several of its callers
//! wait already, does it move in elsewhere.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use tokio::sync::oneshot::{Receiver, Sender, channel};

/// A transaction that has gone on for so long is not waited for: a read takes a millisecond or two,
/// and so does learning a tenant's tables elsewhere.
pub(super) const STUCK: Duration = Duration::from_millis(20);

/// How long a home is waited for whose transactions are short: longer than the longest queue of them.
/// Who moves in elsewhere makes all wait longer who live there, where the machine is busy.
pub(super) const PATIENCE: Duration = Duration::from_millis(100);

/// So many waiting callers of one tenant have more to do than its home can. With two, a thousand
/// tenants that meet by chance would be everywhere soon.
const CROWD: usize = 3;

/// What sits there: a connection, which remembers the tenants that it served.
pub(super) trait Guest {
    /// Whether it has served the tenant.
    fn knows(&self, tenant: u64) -> bool;
}

/// A seat for who asked.
pub(super) enum Grant<C> {
    /// With a connection.
    Ready(usize, C),
    /// To open one.
    Open(usize),
}

enum Seat<C> {
    Vacant,
    /// Since that turn.
    Resting(C, u64),
    Lent(Instant),
}

struct Waiter<C> {
    id: u64,
    tenant: u64,
    since: Instant,
    give: Sender<Grant<C>>,
}

impl<C> Waiter<C> {
    fn is_late(&self, now: Instant) -> bool {
        now.saturating_duration_since(self.since) >= PATIENCE
    }
}

/// All seats, and who waits for one.
pub(super) struct Seats<C> {
    seats: Vec<Seat<C>>,
    waiting: VecDeque<Waiter<C>>,
    turn: u64,
}

impl<C: Guest> Seats<C> {
    /// So many seats, all vacant.
    pub fn new(count: usize) -> Self {
        Self {
            seats: (0..count).map(|_| Seat::Vacant).collect(),
            waiting: VecDeque::new(),
            turn: 0,
        }
    }

    /// A seat, where one is to be had now. Tenant 0 is none: any connection will do.
    pub fn claim(&mut self, tenant: u64, now: Instant) -> Option<Grant<C>> {
        let at = match tenant {
            0 => self.any(),
            tenant => self.for_tenant(tenant, now),
        };
        Some(self.lend(at?, now))
    }

    /// Stands in the queue. Under its number it can be left again.
    pub fn wait(&mut self, tenant: u64, now: Instant) -> (u64, Receiver<Grant<C>>) {
        let (give, granted) = channel();
        self.turn += 1;
        self.waiting.push_back(Waiter {
            id: self.turn,
            tenant,
            since: now,
            give,
        });
        (self.turn, granted)
    }

    /// Leaves the queue; `false` where a seat was granted meanwhile.
    pub fn leave(&mut self, id: u64) -> bool {
        let at = self.waiting.iter().position(|waiter| waiter.id == id);
        at.and_then(|at| self.waiting.remove(at)).is_some()
    }

    /// Whoever has waited too long, or for a home that is stuck, takes what there is. To be asked
    /// now and then.
    pub fn hurry(&mut self, id: u64, now: Instant) -> Option<Grant<C>> {
        let at = self.waiting.iter().position(|waiter| waiter.id == id)?;
        let waiter = &self.waiting[at];
        let tenant = waiter.tenant;
        if !waiter.is_late(now) && !self.is_stuck(self.home(tenant), now) {
            return None;
        }
        let elsewhere = self.nearest(tenant, |seat| !matches!(seat, Seat::Lent(_)))?;
        self.waiting.remove(at);
        Some(self.lend(elsewhere, now))
    }

    /// A connection comes back: to whoever waits for this one, or to its rest.
    pub fn put_back(&mut self, at: usize, mut connection: C, now: Instant) {
        while let Some(waiter) = self.next_for(at, Some(&connection), now) {
            self.seats[at] = Seat::Lent(now);
            match waiter.give.send(Grant::Ready(at, connection)) {
                Ok(()) => return,
                // Nobody is there any more.
                Err(Grant::Ready(_, back)) => connection = back,
                Err(Grant::Open(_)) => return,
            }
        }
        self.turn += 1;
        self.seats[at] = Seat::Resting(connection, self.turn);
    }

    /// A connection is gone: its seat goes to somebody who opens another.
    pub fn vacate(&mut self, at: usize, now: Instant) {
        self.seats[at] = Seat::Vacant;
        while let Some(waiter) = self.next_for(at, None, now) {
            if waiter.give.send(Grant::Open(at)).is_ok() {
                self.seats[at] = Seat::Lent(now);
                return;
            }
        }
    }

    /// Those that rest.
    pub fn resting(&mut self) -> impl Iterator<Item = &mut C> {
        self.seats.iter_mut().filter_map(|seat| match seat {
            Seat::Resting(connection, _) => Some(connection),
            Seat::Vacant | Seat::Lent(_) => None,
        })
    }

    /// Sends those away that rest and are not to stay. Whoever waits would not have them.
    pub fn retain(&mut self, mut stays: impl FnMut(&mut C) -> bool) {
        for seat in &mut self.seats {
            if let Seat::Resting(connection, _) = seat
                && !stays(connection)
            {
                *seat = Seat::Vacant;
            }
        }
    }

    /// How many are at work.
    pub fn lent(&self) -> usize {
        let lent = |seat: &&Seat<C>| matches!(seat, Seat::Lent(_));
        self.seats.iter().filter(lent).count()
    }

    fn lend(&mut self, at: usize, now: Instant) -> Grant<C> {
        match std::mem::replace(&mut self.seats[at], Seat::Lent(now)) {
            Seat::Resting(connection, _) => Grant::Ready(at, connection),
            Seat::Vacant | Seat::Lent(_) => Grant::Open(at),
        }
    }

    /// The one that came to rest last; else a vacant seat.
    fn any(&self) -> Option<usize> {
        let seats = self.seats.iter().enumerate();
        let rested = seats.filter_map(|(at, seat)| match seat {
            Seat::Resting(_, turn) => Some((*turn, at)),
            Seat::Vacant | Seat::Lent(_) => None,
        });
        let last = rested.max().map(|(_, at)| at);
        last.or_else(|| self.nearest(0, |seat| matches!(seat, Seat::Vacant)))
    }

    fn for_tenant(&self, tenant: u64, now: Instant) -> Option<usize> {
        let home = self.home(tenant);
        if matches!(self.seats[home], Seat::Resting(..)) {
            return Some(home);
        }
        let knows = |seat: &Seat<C>| matches!(seat, Seat::Resting(c, _) if c.knows(tenant));
        let rests = |seat: &Seat<C>| matches!(seat, Seat::Resting(..));
        self.nearest(tenant, knows)
            .or_else(|| self.nearest(tenant, |seat| matches!(seat, Seat::Vacant)))
            .or_else(|| {
                let elsewhere = self.nearest(tenant, rests);
                elsewhere.filter(|_| self.is_stuck(home, now) || self.is_crowded(tenant))
            })
    }

    /// A transaction that goes on for so long is not waited for.
    fn is_stuck(&self, at: usize, now: Instant) -> bool {
        matches!(self.seats[at], Seat::Lent(since) if now.saturating_duration_since(since) >= STUCK)
    }

    fn is_crowded(&self, tenant: u64) -> bool {
        let theirs = self.waiting.iter().filter(|waiter| waiter.tenant == tenant);
        theirs.take(CROWD).count() == CROWD
    }

    fn home(&self, tenant: u64) -> usize {
        // The upper half of the product depends on all bits of the tenant's number.
        let mixed = tenant.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32;
        usize::try_from(mixed % self.seats.len().max(1) as u64).unwrap_or(0)
    }

    /// How far a seat is from the tenant's home, in the direction in which it looks for others.
    fn distance(&self, tenant: u64, at: usize) -> usize {
        (at + self.seats.len() - self.home(tenant)) % self.seats.len().max(1)
    }

    fn nearest(&self, tenant: u64, wanted: impl Fn(&Seat<C>) -> bool) -> Option<usize> {
        let seats = self.seats.iter().enumerate();
        let wanted = seats.filter(|(_, seat)| wanted(seat)).map(|(at, _)| at);
        wanted.min_by_key(|at| self.distance(tenant, *at))
    }

    /// Who gets a seat that becomes free: first of all who is at home there, is known to its
    /// connection, does not care, or would wait for a home that is stuck; then whoever has waited
    /// long enough. Nobody else: they wait for their homes.
    fn next_for(&mut self, at: usize, connection: Option<&C>, now: Instant) -> Option<Waiter<C>> {
        let fits = |waiter: &Waiter<C>| {
            let tenant = waiter.tenant;
            let is_known = connection.is_none_or(|connection| connection.knows(tenant));
            is_known || tenant == 0 || {
                let home = self.home(tenant);
                home == at || self.is_stuck(home, now)
            }
        };
        let found = self.waiting.iter().position(fits).or_else(|| {
            let waiting = self.waiting.iter().enumerate();
            let nearest = waiting.filter(|(_, waiter)| waiter.is_late(now));
            let nearest = nearest.min_by_key(|(_, waiter)| self.distance(waiter.tenant, at));
            nearest.map(|(found, _)| found)
        });
        self.waiting.remove(found?)
    }
}

#[cfg(test)]
mod tests;
