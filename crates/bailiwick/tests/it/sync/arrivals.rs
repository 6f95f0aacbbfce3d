//! Who is here before the webhook is let in by one look at the provider.

use bailiwick_kernel::Tier;
use bailiwick_testkit::TestApp;
use bailiwick_testkit::fixtures;
use futures::future::join_all;

/// User, organization and membership are unknown, and a page asks for ten things at once.
#[tokio::test]
async fn ten_first_requests_ask_the_provider_once() {
    let t = TestApp::start().await;
    t.run_worker();
    let data = t.unseen_user("Early", "Bird", "early@example.com");
    let org = fixtures::organization("org_new", "New", "new", "user_nobody", t.now());
    let membership = fixtures::membership(&org, &data, "org:member", t.now());
    t.provider.know(&org);
    t.provider.know(&membership);
    let early = t.persona(&data).await.within_organization("org_new", "new");
    let answers = join_all((0..10).map(|_| early.get("/me"))).await;
    for answer in answers {
        let _ = answer.assert_status(200);
    }
    let mut calls = t.provider.take_calls();
    calls.sort();
    let id = early.clerk_user_id();
    assert_eq!(
        calls,
        [
            "GET /v1/organizations/org_new".to_owned(),
            format!("GET /v1/users/{id}"),
            format!("GET /v1/users/{id}/organization_memberships"),
        ]
    );
    // The tenant is made meanwhile; then everything is as if the webhooks had come.
    let ask = async || early.get("/projects").await;
    let _ = t.eventually(ask, |answer| answer.status == 200).await;
}

/// Who waits for a call that fails does not make one of their own behind it.
#[tokio::test]
async fn ten_first_requests_share_a_failure() {
    let t = TestApp::start().await;
    let late = t
        .persona(&t.unseen_user("Late", "Comer", "late@example.com"))
        .await;
    t.provider.fail_with(503);
    let answers = join_all((0..10).map(|_| late.get("/me"))).await;
    for answer in answers {
        let _ = answer.assert_problem(503, "UNAVAILABLE");
    }
    let calls = t.provider.take_calls().len();
    assert!(calls < 10, "{calls} calls");
    t.provider.recover();
    let _ = late.get("/me").await.assert_status(200);
}

/// What was removed here stays so, however often its owner asks and the provider still lists it.
#[tokio::test]
async fn a_stale_answer_lets_nobody_in_and_is_not_asked_for_each_time() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let membership = t.provider_membership(&acme, acme.member(), "org:member");
    let left = fixtures::event("organizationMembership.deleted", &membership, t.now());
    t.apply(&left).await;
    drop(t.provider.take_calls());
    for _ in 0..5 {
        let refused = acme.member().get("/projects").await;
        let _ = refused.assert_problem(403, "TENANT_ACCESS_DENIED");
    }
    assert_eq!(t.provider.take_calls().len(), 1);
}
