//! Events that come before what they refer to.

use bailiwick_kernel::Tier;
use bailiwick_testkit::TestApp;
use bailiwick_testkit::fixtures::{self, deleted, event};
use jiff::SignedDuration;

use super::ada;

#[tokio::test]
async fn a_membership_before_its_user_and_its_organization_fetches_both() {
    let t = TestApp::start().await;
    let (ada, now) = (ada(&t), t.now());
    let org = fixtures::organization("org_early", "Early", "early", "user_nobody", now);
    t.provider.know(&org);
    let membership = fixtures::membership(&org, &ada, "org:member", now);
    t.apply(&event("organizationMembership.created", &membership, now))
        .await;
    let persona = t
        .persona(&ada)
        .await
        .within_organization("org_early", "early");
    let _ = persona.get("/projects").await.assert_status(200);
    let mut calls = t.provider.take_calls();
    calls.sort();
    assert_eq!(
        calls,
        [
            "GET /v1/organizations/org_early",
            &format!("GET /v1/users/{}", persona.clerk_user_id())
        ]
    );

    // What the provider does not know may come yet. Where its deletion comes instead, the event
    // comes to rest.
    t.expect_dead();
    let gone = fixtures::user("user_gone", "G", "One", "gone@example.com", now);
    let membership = fixtures::membership(&org, &gone, "org:member", now);
    let message = t
        .deliver(&event("organizationMembership.created", &membership, now))
        .await;
    t.settle().await;
    assert_eq!(t.inbox_state(&message).await, "parked");
    t.settle_within(SignedDuration::from_secs(30)).await;
    assert_eq!(t.inbox_state(&message).await, "dead");
    t.apply(&event("user.deleted", &deleted(&gone), t.now()))
        .await;
    bailiwick_services::inbox::replay(&t.app, &message)
        .await
        .unwrap();
    t.settle().await;
    assert_eq!(t.inbox_state(&message).await, "done");
    let users = "select id from control.users where clerk_user_id = 'user_gone'";
    assert_eq!(t.count(users).await, 0);
}

/// That a request has just learnt that there is no such user does not stand in a message's way.
#[tokio::test]
async fn what_the_provider_learns_late_is_asked_for_again() {
    let t = TestApp::start().await;
    let now = t.now();
    let acme = t.tenant("acme", Tier::Starter).await;
    let late = fixtures::user("user_late", "Late", "Comer", "late@example.com", now);
    let persona = t.persona(&late).await.within(&acme);
    let refused = persona.get("/me").await;
    let _ = refused.assert_problem(401, "AUTH_USER_NOT_FOUND");
    let membership = fixtures::membership(&acme.resource, &late, "org:member", now);
    let message = t
        .deliver(&event("organizationMembership.created", &membership, now))
        .await;
    t.settle().await;
    assert_eq!(t.inbox_state(&message).await, "parked");
    t.provider.know(&late);
    t.settle_within(SignedDuration::from_secs(2)).await;
    assert_eq!(t.inbox_state(&message).await, "done");
    let _ = persona.get("/projects").await.assert_status(200);
}

#[tokio::test]
async fn while_the_provider_is_down_a_message_waits_then_dies_and_can_be_replayed() {
    let t = TestApp::start().await;
    t.expect_dead();
    let (ada, now) = (ada(&t), t.now());
    let org = fixtures::organization("org_late", "Late", "late", "user_nobody", now);
    t.provider.know(&org);
    t.provider.fail_with(503);
    let membership = fixtures::membership(&org, &ada, "org:member", now);
    let message = t
        .deliver(&event("organizationMembership.created", &membership, now))
        .await;
    t.settle().await;
    assert_eq!(t.inbox_state(&message).await, "parked");
    t.settle_within(SignedDuration::from_secs(29)).await;
    assert_eq!(
        t.inbox_state(&message).await,
        "parked",
        "it asked for patience"
    );
    t.settle_within(SignedDuration::from_secs(60)).await;
    assert_eq!(t.inbox_state(&message).await, "dead");
    let attempts = t.provider.take_calls().len();
    assert_eq!(attempts, 3, "three attempts, then dead");

    t.provider.recover();
    t.settle_within(SignedDuration::from_secs(60)).await;
    assert_eq!(
        t.inbox_state(&message).await,
        "dead",
        "the dead rise only when they are told to"
    );
    bailiwick_services::inbox::replay(&t.app, &message)
        .await
        .unwrap();
    t.settle().await;
    assert_eq!(t.inbox_state(&message).await, "done");
    let persona = t
        .persona(&ada)
        .await
        .within_organization("org_late", "late");
    let _ = persona.get("/projects").await.assert_status(200);
    assert!(
        bailiwick_services::inbox::replay(&t.app, &message)
            .await
            .is_err()
    );
}

/// As after a crash between two releases, or a queue that somebody emptied.
#[tokio::test]
async fn a_message_whose_job_is_lost_can_be_replayed() {
    let t = TestApp::start().await;
    let message = t.deliver(&event("user.created", &ada(&t), t.now())).await;
    t.tamper("delete from control.jobs").await;
    t.settle().await;
    assert_eq!(t.inbox_state(&message).await, "received");
    for _ in 0..2 {
        bailiwick_services::inbox::replay(&t.app, &message)
            .await
            .unwrap();
    }
    assert_eq!(t.count("select id from control.jobs").await, 1);
    t.settle().await;
    assert_eq!(t.inbox_state(&message).await, "done");
    assert_eq!(t.audit().await, ["users.create"]);
}
