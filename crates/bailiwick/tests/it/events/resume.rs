//! Who comes back gets what they missed, on whichever server.

use bailiwick_kernel::Tier;
use bailiwick_testkit::{Heard, TestApp};

use super::mark;

fn objects<'a>(heard: &'a [Heard], event: &str) -> Vec<&'a str> {
    let named = heard.iter().filter(|heard| heard.event == event);
    named.map(|heard| heard.text("objectId")).collect()
}

#[tokio::test]
async fn a_stream_goes_on_where_it_stopped_at_this_server_and_at_another() {
    let t = TestApp::start().await;
    let beside = t.neighbour().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let mut stream = acme.owner().events().await;
    acme.owner().create_project("Alpha").await;
    let last = stream.until("projects").await;
    drop(stream);
    let beta = acme.owner().create_project("Alpha").await;
    let gamma = acme.owner().create_project("Alpha").await;
    for owner in [acme.owner().clone(), acme.owner().at(&beside)] {
        let mut stream = owner.with_header("last-event-id", &last.id).events().await;
        let first = stream.until("projects").await;
        let second = stream.until("projects").await;
        assert_eq!(
            [first.text("objectId"), second.text("objectId")],
            [&beta, &gamma]
        );
        assert!(first.id < second.id || first.id.len() < second.id.len());
        // What follows the last one is nothing but where the stream stands.
        let rest = owner.events_since(&second.id).await;
        assert!(rest.iter().all(|heard| heard.event.is_empty()), "{rest:?}");
        assert!(!rest.is_empty());
    }
}

#[tokio::test]
async fn a_place_that_nobody_knows_any_more_says_so() {
    let t = TestApp::start().await;
    t.follow_changes();
    let acme = t.tenant("acme", Tier::Starter).await;
    let mut stream = acme.owner().events().await;
    mark(&t).await;
    stream.until("users").await;
    for id in ["1-1", "9000000000000000000-1"] {
        let heard = acme.owner().events_since(id).await;
        assert_eq!(heard[0].event, "reset", "{id}: {heard:?}");
        let again = acme.owner().events_since(&heard[0].id).await;
        assert!(
            again.iter().all(|heard| heard.event != "reset"),
            "{again:?}"
        );
    }
}

#[tokio::test]
async fn what_is_known_after_a_place_is_told_without_waiting() {
    let t = TestApp::start().await;
    t.follow_changes();
    let acme = t.tenant("acme", Tier::Starter).await;
    let mut stream = acme.owner().events().await;
    let alpha = acme.owner().create_project("Alpha").await;
    let first = stream.until("projects").await;
    let beta = acme.owner().create_project("Alpha").await;
    stream.until("projects").await;
    let rest = acme.owner().events_since(&first.id).await;
    assert_eq!(objects(&rest, "projects"), [&beta]);
    // Without a place, what happened a moment ago.
    let lately = acme.owner().open_events("/events?follow=false").await;
    let lately = lately.ok().unwrap().rest().await;
    assert_eq!(objects(&lately, "projects"), [&alpha, &beta]);
    // And never what one may not see.
    let lately = acme.viewer().open_events("/events?follow=false").await;
    assert_eq!(
        objects(&lately.ok().unwrap().rest().await, "projects"),
        [""; 0]
    );
}
