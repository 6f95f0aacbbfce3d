//! Who gets which connection. A pool has as many seats as it may have connections, and each tenant
//! has a home among them: its statements are prepared there and its tables known, and each
//! connection serves a part of the tenants instead of all of them. A tenant that finds its home
//! taken goes where it is known as well, or waits a little; only then, or where another of its
//! callers waits already, does it move in elsewhere.

use std::collections::VecDeque;
use std::time::{Duration, Instant};

use tokio::sync::oneshot::{Receiver, Sender, channel};

/// How long a home is waited for while other connections rest: longer than a queue of short
/// transactions, and than what it costs to learn a tenant's tables anew by far.
pub(super) const PATIENCE: Duration = Duration::from_millis(20);

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

    /// Whoever has waited for its home so long takes what there is.
    pub fn hurry(&mut self, id: u64, now: Instant) -> Option<Grant<C>> {
        let at = self.waiting.iter().position(|waiter| waiter.id == id)?;
        let tenant = self.waiting[at].tenant;
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
                elsewhere.filter(|_| self.is_stuck(home, now) || self.is_awaited(tenant))
            })
    }

    /// A transaction that goes on for so long is not waited for.
    fn is_stuck(&self, at: usize, now: Instant) -> bool {
        matches!(self.seats[at], Seat::Lent(since) if now.saturating_duration_since(since) >= PATIENCE)
    }

    /// Somebody of the tenant waits already: it has more to do than one connection can.
    fn is_awaited(&self, tenant: u64) -> bool {
        self.waiting.iter().any(|waiter| waiter.tenant == tenant)
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
            let long = |w: &Waiter<C>| now.saturating_duration_since(w.since) >= PATIENCE;
            let nearest = waiting.filter(|(_, waiter)| long(waiter));
            let nearest = nearest.min_by_key(|(_, waiter)| self.distance(waiter.tenant, at));
            nearest.map(|(found, _)| found)
        });
        self.waiting.remove(found?)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    /// A connection: whom it knows.
    #[derive(Default)]
    struct Known(HashSet<u64>);

    impl Guest for Known {
        fn knows(&self, tenant: u64) -> bool {
            self.0.contains(&tenant)
        }
    }

    const SEATS: usize = 4;

    /// All seats taken by connections that rest, and two tenants who live apart.
    fn full(now: Instant) -> (Seats<Known>, u64, u64) {
        let mut seats = Seats::new(SEATS);
        for at in 0..SEATS {
            seats.put_back(at, Known::default(), now);
        }
        let one = 1;
        let apart = |other: &u64| seats.home(*other) != seats.home(one);
        let other = (2..).find(apart).unwrap();
        (seats, one, other)
    }

    fn ready(grant: Option<Grant<Known>>) -> (usize, Known) {
        match grant {
            Some(Grant::Ready(at, connection)) => (at, connection),
            _ => panic!("no connection"),
        }
    }

    #[test]
    fn a_tenant_comes_home_whoever_rested_last() {
        let now = Instant::now();
        let (mut seats, one, other) = full(now);
        for _ in 0..3 {
            for tenant in [one, other] {
                let (at, connection) = ready(seats.claim(tenant, now));
                assert_eq!(at, seats.home(tenant));
                seats.put_back(at, connection, now);
            }
        }
        assert_eq!(seats.lent(), 0);
        let homes: HashSet<usize> = (0..1000).map(|n| seats.home(n * 2 + 1)).collect();
        assert_eq!(homes.len(), SEATS);
    }

    #[test]
    fn a_home_that_is_taken_is_waited_for_while_others_rest() {
        let now = Instant::now();
        let (mut seats, one, other) = full(now);
        let (home, connection) = ready(seats.claim(one, now));
        assert!(seats.claim(one, now).is_none());
        let (_, mut granted) = seats.wait(one, now);
        // What is somebody else's home does not do, what is one's own does.
        let (elsewhere, theirs) = ready(seats.claim(other, now));
        seats.put_back(elsewhere, theirs, now);
        assert!(granted.try_recv().is_err());
        seats.put_back(home, connection, now);
        let (at, _) = ready(granted.try_recv().ok());
        assert_eq!(at, home);
    }

    #[test]
    fn a_tenant_that_waited_moves_in_elsewhere_and_is_known_there() {
        let now = Instant::now();
        let (mut seats, one, _) = full(now);
        let (home, _at_work) = ready(seats.claim(one, now));
        let (id, _granted) = seats.wait(one, now);
        let (at, mut connection) = ready(seats.hurry(id, now + PATIENCE));
        assert_ne!(at, home);
        connection.0.insert(one);
        seats.put_back(at, connection, now);
        // Its home is still taken: no more waiting.
        assert_eq!(ready(seats.claim(one, now)).0, at);
    }

    #[test]
    fn a_busy_tenant_spreads_over_the_seats() {
        let now = Instant::now();
        let (mut seats, one, _) = full(now);
        let (home, _) = ready(seats.claim(one, now));
        assert!(seats.claim(one, now).is_none());
        let (_, _granted) = seats.wait(one, now);
        // One waits for the home, and keeps waiting: whoever comes then takes what rests.
        let mut taken = HashSet::from([home]);
        for _ in 1..SEATS {
            taken.insert(ready(seats.claim(one, now)).0);
        }
        assert_eq!(taken.len(), SEATS);
        assert!(seats.claim(one, now).is_none());
    }

    #[test]
    fn a_home_that_is_stuck_is_not_waited_for() {
        let now = Instant::now();
        let (mut seats, one, _) = full(now);
        let (home, _at_work) = ready(seats.claim(one, now));
        let (at, _) = ready(seats.claim(one, now + PATIENCE));
        assert_ne!(at, home);
    }

    #[test]
    fn a_connection_goes_to_who_lives_there_before_who_came_earlier() {
        let now = Instant::now();
        let (mut seats, one, other) = full(now);
        let taken: Vec<_> = (0..SEATS).map(|_| ready(seats.claim(0, now))).collect();
        let (_, mut first) = seats.wait(other, now);
        let (_, mut second) = seats.wait(one, now);
        let (_, mut third) = seats.wait(one, now);
        let home = seats.home(one);
        let (at, connection) = taken.into_iter().find(|(at, _)| *at == home).unwrap();
        seats.put_back(at, connection, now);
        let (at, connection) = ready(second.try_recv().ok());
        assert!(first.try_recv().is_err());
        // Who has waited for too long goes before who came later, wherever it lives.
        seats.put_back(at, connection, now + PATIENCE);
        assert!(first.try_recv().is_ok());
        assert!(third.try_recv().is_err());
    }

    #[test]
    fn who_went_away_gets_nothing_and_nothing_is_lost() {
        let now = Instant::now();
        let mut seats: Seats<Known> = Seats::new(1);
        assert!(matches!(seats.claim(1, now), Some(Grant::Open(0))));
        let (gone, granted) = seats.wait(1, now);
        drop(granted);
        let (_, mut granted) = seats.wait(2, now);
        seats.put_back(0, Known::default(), now);
        let (at, connection) = ready(granted.try_recv().ok());
        assert!(!seats.leave(gone));
        // Where the connection broke, who waits opens another.
        let (_, mut granted) = seats.wait(3, now);
        drop(connection);
        seats.vacate(at, now);
        assert!(matches!(granted.try_recv(), Ok(Grant::Open(0))));
        seats.vacate(at, now);
        assert_eq!(seats.lent(), 0);
    }
}
