//! What one server learns is in force on every other within a second, however warm its caches are.
//! The measurement over two processes is `cargo xtask bench revocation`.

use std::time::{Duration, Instant};

use bailiwick_kernel::Tier;
use bailiwick_testkit::fixtures::event;
use bailiwick_testkit::{Answer, Neighbour, Persona, TestApp, World};
use jiff::SignedDuration;
use serde_json::json;

/// The promise, and room for a machine that is busy with other tests.
const BOUND: Duration = Duration::from_secs(5);

/// Asks the other server until it answers otherwise than 2xx; fails where that takes too long.
async fn refused_elsewhere(ask: impl AsyncFn() -> Answer) -> Answer {
    let started = Instant::now();
    loop {
        let answer = ask().await;
        if answer.status >= 400 {
            return answer;
        }
        assert!(started.elapsed() < BOUND, "still allowed: {answer:?}");
    }
}

async fn stage(tier: Tier) -> (TestApp, Neighbour, World) {
    let t = TestApp::start().await;
    let beside = t.neighbour().await;
    let acme = t.tenant("acme", tier).await;
    (t, beside, acme)
}

/// The provider's word on a member, delivered to the first server.
async fn told(t: &TestApp, acme: &World, who: &Persona, kind: &str, role: &str) {
    t.advance(SignedDuration::from_secs(1));
    let membership = t.provider_membership(acme, who, role);
    if kind == "deleted" {
        t.provider.forget(membership["id"].as_str().unwrap());
    }
    t.apply(&event(
        &format!("organizationMembership.{kind}"),
        &membership,
        t.now(),
    ))
    .await;
}

#[tokio::test]
async fn a_removal_here_is_a_refusal_there() {
    for tier in Tier::ALL {
        let (t, beside, acme) = stage(*tier).await;
        let member = acme.member().at(&beside);
        for path in ["/projects", "/organizations"] {
            let _ = member.get(path).await.assert_status(200);
        }
        told(&t, &acme, acme.member(), "deleted", "org:member").await;
        let refused = refused_elsewhere(async || member.get("/projects").await).await;
        let _ = refused.assert_problem(403, "TENANT_ACCESS_DENIED");
        let mine = member.without_organization().get("/organizations").await;
        assert_eq!(mine.column("name"), [""; 0]);
    }
}

#[tokio::test]
async fn a_demotion_here_is_a_refusal_there() {
    let (t, beside, acme) = stage(Tier::Starter).await;
    let admin = acme.admin().at(&beside);
    let body = || json!({"name": "Alpha"});
    let _ = admin.post("/projects", body()).await.assert_status(201);
    told(&t, &acme, acme.admin(), "updated", "org:member").await;
    let refused = refused_elsewhere(async || admin.post("/projects", body()).await).await;
    let _ = refused.assert_problem(403, "PERMISSION_DENIED");
}

#[tokio::test]
async fn the_stream_of_the_other_server_ends_as_well() {
    let (t, beside, acme) = stage(Tier::Starter).await;
    let mut stream = acme.member().at(&beside).events().await;
    told(&t, &acme, acme.member(), "deleted", "org:member").await;
    let end = stream.until("end").await;
    assert_eq!(end.text("code"), "TENANT_ACCESS_DENIED");
}
