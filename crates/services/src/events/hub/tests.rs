//! Bounds and gaps, without a database.

use uuid::Uuid;

use super::*;

fn at(number: u64) -> Position {
    format!("{number}-1").parse().unwrap()
}

fn user(number: u128) -> UserId {
    UserId::from(Uuid::from_u128(number))
}

fn org(number: u128) -> OrgId {
    OrgId::from(Uuid::from_u128(number))
}

fn event(number: u64, organization: u128) -> Event {
    Event {
        position: at(number),
        kind: "documents".to_owned(),
        organization: Some(org(organization)),
        user: None,
        project: None,
        object: format!("document {number}"),
    }
}

fn hub() -> Arc<Hub> {
    let hub = Arc::new(Hub::new());
    hub.begin(at(100), Vec::new());
    hub
}

fn listen(hub: &Arc<Hub>, who: u128, organization: u128, since: Option<u64>) -> Start {
    let topics = vec![
        Topic::User(user(who)),
        Topic::Organization(org(organization)),
    ];
    hub.subscribe(user(who), topics, since.map(at)).unwrap()
}

fn numbers(batch: &Batch) -> Vec<String> {
    batch.iter().map(|e| e.position.to_string()).collect()
}

#[test]
fn a_stream_gets_what_concerns_it_and_nothing_else() {
    let hub = hub();
    let mut one = listen(&hub, 1, 1, None);
    let mut two = listen(&hub, 2, 2, None);
    hub.publish(vec![event(101, 1), event(102, 2), event(103, 1)]);
    let mine = one.batches.try_recv().unwrap();
    assert_eq!(numbers(&mine), ["101-1", "103-1"]);
    let theirs = two.batches.try_recv().unwrap();
    assert_eq!(numbers(&theirs), ["102-1"]);
    assert!(one.batches.try_recv().is_err());
}

#[test]
fn what_concerns_twice_comes_once() {
    let hub = hub();
    let mut start = listen(&hub, 1, 1, None);
    let about_me = Event {
        user: Some(user(1)),
        ..event(101, 1)
    };
    hub.publish(vec![about_me]);
    assert_eq!(numbers(&start.batches.try_recv().unwrap()), ["101-1"]);
    assert!(start.batches.try_recv().is_err());
}

#[test]
fn who_comes_back_gets_what_they_missed() {
    let hub = hub();
    hub.publish(vec![event(101, 1), event(102, 2), event(103, 1)]);
    let start = listen(&hub, 1, 1, Some(101));
    assert_eq!(
        (numbers(&start.missed), start.has_gap),
        (vec!["103-1".to_owned()], false)
    );
    assert_eq!(start.position, at(103));
    // Before this process began, and after a place that it never came to.
    for elsewhere in [99, 104] {
        assert!(listen(&hub, 1, 1, Some(elsewhere)).has_gap, "{elsewhere}");
    }
    // Who is new learns what happened while their page was loading.
    assert_eq!(
        numbers(&listen(&hub, 1, 1, None).missed),
        ["101-1", "103-1"]
    );
}

#[test]
fn what_is_kept_is_bounded_and_says_where_it_begins() {
    let hub = hub();
    let max = u64::try_from(KEEP_MAX).unwrap();
    hub.publish((101..=200 + max).map(|n| event(n, 1)).collect());
    assert!(!listen(&hub, 1, 1, Some(200)).has_gap);
    assert!(listen(&hub, 1, 1, Some(199)).has_gap);
    assert_eq!(listen(&hub, 1, 1, Some(200)).missed.len(), KEEP_MAX);
}

#[test]
fn who_does_not_keep_up_is_ended_and_holds_up_nobody() {
    let hub = hub();
    let slow = listen(&hub, 1, 1, None);
    let mut quick = listen(&hub, 2, 1, None);
    for number in 0..=u64::try_from(WAITING_MAX).unwrap() {
        hub.publish(vec![event(101 + number, 1)]);
        quick.batches.try_recv().unwrap();
    }
    assert_eq!(slow.lease.ended.get(), Some(&Code::Unavailable));
    assert_eq!(quick.lease.ended.get(), None);
}

#[test]
fn one_stream_too_many_ends_the_oldest_of_the_same_person() {
    let hub = hub();
    let other = listen(&hub, 2, 1, None);
    let mut mine: Vec<Start> = (0..PER_USER_MAX)
        .map(|_| listen(&hub, 1, 1, None))
        .collect();
    assert!(mine.iter().all(|start| start.lease.ended.get().is_none()));
    mine.push(listen(&hub, 1, 1, None));
    let ended: Vec<_> = mine.iter().map(|start| start.lease.ended.get()).collect();
    assert_eq!(ended[0], Some(&Code::RateLimited));
    assert!(ended[1..].iter().all(Option::is_none));
    assert_eq!(other.lease.ended.get(), None);
}

#[test]
fn what_is_dropped_leaves_nothing_behind() {
    let hub = hub();
    drop(listen(&hub, 1, 1, None));
    assert!(!hub.has_listeners());
    let state = hub.state();
    assert!(state.topics.is_empty() && state.people.is_empty());
}

#[test]
fn a_closed_hub_ends_all_and_takes_nobody() {
    let hub = hub();
    let mut start = listen(&hub, 1, 1, None);
    hub.close();
    assert!(start.batches.blocking_recv().is_none());
    let refused = hub.subscribe(user(1), Vec::new(), None);
    assert_eq!(refused.err().map(|p| p.code()), Some(Code::Unavailable));
    assert!(!hub.has_listeners());
}
