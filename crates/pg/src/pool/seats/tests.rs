//! Who gets which seat.

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
    assert!(seats.hurry(id, now + STUCK / 2).is_none());
    let (at, mut connection) = ready(seats.hurry(id, now + STUCK));
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
    // Some wait for the home, and keep waiting: whoever comes then takes what rests.
    let _granted: Vec<_> = (0..CROWD).map(|_| seats.wait(one, now)).collect();
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
    let (at, _) = ready(seats.claim(one, now + STUCK));
    assert_ne!(at, home);
}

#[test]
fn a_home_that_goes_on_serving_is_waited_for_longer() {
    let now = Instant::now();
    let (mut seats, one, _) = full(now);
    let (home, connection) = ready(seats.claim(one, now));
    let (_, mut first) = seats.wait(one, now);
    let (id, _second) = seats.wait(one, now);
    seats.put_back(home, connection, now + STUCK);
    assert!(first.try_recv().is_ok());
    assert!(seats.hurry(id, now + STUCK).is_none());
    let (at, _) = ready(seats.hurry(id, now + PATIENCE));
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
