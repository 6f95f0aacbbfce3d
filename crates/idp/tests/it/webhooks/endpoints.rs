//! Who is told, and with which secrets.

use jiff::SignedDuration;

use super::world::{OTHER_SECRET, SECRET, World, endpoint};
use crate::support::receiver::Receiver;

#[tokio::test]
async fn every_endpoint_gets_its_own_delivery() {
    let world = World::new().await;
    let (one, two) = (Receiver::start().await, Receiver::start().await);
    let endpoints = [
        endpoint("one", &one.url, SECRET),
        endpoint("two", &two.url, OTHER_SECRET),
    ];
    world.configure(&endpoints).await;
    world.configure(&endpoints).await;
    let sender = world.run();
    world.emit("user.created").await;
    let first = one.wait_for(1).await.remove(0);
    let second = two.wait_for(1).await.remove(0);
    assert_eq!(first.header("svix-id"), second.header("svix-id"));
    assert!(first.verifies_with(SECRET) && !first.verifies_with(OTHER_SECRET));
    assert!(second.verifies_with(OTHER_SECRET) && !second.verifies_with(SECRET));
    sender.stop().await;
    assert_eq!((one.received().len(), two.received().len()), (1, 1));
}

#[tokio::test]
async fn a_replaced_secret_signs_for_a_day_more() {
    let (world, receiver) = World::with_receiver().await;
    let _sender = world.run();
    world
        .configure(&[endpoint("main", &receiver.url, OTHER_SECRET)])
        .await;
    world.emit("user.created").await;
    let received = receiver.wait_for(1).await.remove(0);
    assert!(received.verifies_with(SECRET) && received.verifies_with(OTHER_SECRET));
    assert_eq!(received.header("svix-signature").split(' ').count(), 2);

    world.time.advance(SignedDuration::from_hours(24));
    world.emit("user.updated").await;
    let received = receiver.wait_for(2).await.remove(1);
    assert!(!received.verifies_with(SECRET) && received.verifies_with(OTHER_SECRET));
}

#[tokio::test]
async fn a_moved_endpoint_gets_what_waited_for_it() {
    let world = World::new().await;
    let nowhere = "http://127.0.0.1:9/hooks".parse().unwrap();
    world.configure(&[endpoint("main", &nowhere, SECRET)]).await;
    let _sender = world.run();
    world.emit("user.created").await;
    world.attempted("user.created", 1).await;
    let receiver = Receiver::start().await;
    world
        .configure(&[endpoint("main", &receiver.url, SECRET)])
        .await;
    assert_eq!(world.attempted("user.created", 2).await.state, "delivered");
    assert_eq!(receiver.received().len(), 1);
}

#[tokio::test]
async fn an_endpoint_no_longer_named_keeps_what_it_has_not_got() {
    let (world, receiver) = World::with_receiver().await;
    world.configure(&[]).await;
    assert_eq!(
        world.disabled().await,
        [("main".to_owned(), "unconfigured".to_owned())]
    );
    let _sender = world.run();
    world.emit("user.created").await;
    assert_eq!(world.progress("user.created").await.state, "held");
    world
        .configure(&[endpoint("main", &receiver.url, SECRET)])
        .await;
    assert_eq!(world.attempted("user.created", 1).await.state, "delivered");
}
