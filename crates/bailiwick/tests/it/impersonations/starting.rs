//! Who may act for whom, and what becomes of it where the provider does not answer.

use bailiwick_kernel::Tier;
use bailiwick_testkit::{Moment, Persona, TestApp, redact};
use jiff::SignedDuration;
use serde_json::json;

use super::{PATH, another_operator, path_of, stage};

#[tokio::test]
async fn an_operator_starts_with_a_reason_and_a_time() {
    let s = stage(Tier::Starter).await;
    let body = json!({"userId": s.acme.owner().user(), "reason": " Case 7 ", "minutes": 45});
    let started = s.operator.post(PATH, body).await.assert_status(201).json();
    insta::assert_json_snapshot!("started", redact(started.clone()));
    let calls = s.t.provider.take_calls();
    assert_eq!(
        calls.last().map(String::as_str),
        Some("POST /v1/actor_tokens")
    );
    let listed = s.operator.get(PATH).await.assert_status(200).json();
    assert_eq!(listed["data"], json!([started["impersonation"]]));
    let open = s.operator.get(format!("{PATH}?state=open")).await;
    assert_eq!(open.column("reason"), ["Case 7"]);
    let over = s.operator.get(format!("{PATH}?state=over")).await;
    assert_eq!(over.column("reason"), [""; 0]);
}

#[tokio::test]
async fn nobody_but_operators_starts_lists_or_ends_one() {
    let s = stage(Tier::Starter).await;
    let (impersonation, impersonated) = s.t.act_for(&s.operator, s.acme.owner()).await;
    let body = TestApp::impersonation_of(s.acme.viewer());
    for persona in [s.acme.owner(), s.acme.viewer(), &impersonated] {
        let refused = persona.post(PATH, &body).await;
        let _ = refused.assert_problem(403, "PERMISSION_DENIED");
        let refused = persona.get(PATH).await;
        let _ = refused.assert_problem(403, "PERMISSION_DENIED");
        let refused = persona.delete(path_of(&impersonation)).await;
        let _ = refused.assert_problem(404, "NOT_FOUND");
    }
    let nobody = s.t.anonymous();
    let _ = nobody
        .post(PATH, &body)
        .await
        .assert_problem(401, "AUTH_REQUIRED");
    let _ = impersonated.get("/me").await.assert_status(200);
}

#[tokio::test]
async fn nobody_acts_for_an_equal_or_somebody_above() {
    let s = stage(Tier::Starter).await;
    let equal = another_operator(&s.t, "second", "super_admin").await;
    let staff = another_operator(&s.t, "helper", "admin_staff").await;
    let peer = another_operator(&s.t, "peer", "admin_staff").await;
    let start = async |who: &Persona, whom: &Persona| {
        who.post(PATH, TestApp::impersonation_of(whom))
            .await
            .outcome()
    };
    const ABOVE: &str = "403 PERMISSION_ROLE_INSUFFICIENT";
    assert_eq!(start(&s.operator, &equal).await, ABOVE);
    assert_eq!(start(&staff, &s.operator).await, ABOVE);
    assert_eq!(start(&staff, &peer).await, ABOVE);
    // Whom they could not have made: staff gives neither of these roles.
    assert_eq!(start(&staff, s.acme.owner()).await, ABOVE);
    assert_eq!(start(&staff, s.acme.admin()).await, ABOVE);
    assert_eq!(start(&staff, s.acme.member()).await, "201");
    assert_eq!(start(&s.operator, &staff).await, "201");
    let _ = s
        .operator
        .post(PATH, TestApp::impersonation_of(&s.operator))
        .await
        .assert_invalid(&["userId"]);
}

#[tokio::test]
async fn a_role_in_any_organization_counts() {
    let s = stage(Tier::Starter).await;
    let staff = another_operator(&s.t, "helper", "admin_staff").await;
    let globex = s.t.tenant("globex", Tier::Starter).await;
    let membership =
        s.t.provider_membership(&globex, s.acme.viewer(), "org:admin");
    let event = bailiwick_testkit::fixtures::event;
    s.t.apply(&event(
        "organizationMembership.created",
        &membership,
        s.t.now(),
    ))
    .await;
    let refused = staff
        .post(PATH, TestApp::impersonation_of(s.acme.viewer()))
        .await;
    let _ = refused.assert_problem(403, "PERMISSION_ROLE_INSUFFICIENT");
}

#[tokio::test]
async fn what_is_asked_is_bounded() {
    let s = stage(Tier::Starter).await;
    let user = s.acme.owner().user();
    for (body, field) in [
        (json!({"userId": user, "reason": "  "}), "reason"),
        (json!({"userId": user, "reason": "x".repeat(501)}), "reason"),
        (json!({"userId": user, "reason": "a\nb"}), "reason"),
        (
            json!({"userId": user, "reason": "x", "minutes": 0}),
            "minutes",
        ),
        (
            json!({"userId": user, "reason": "x", "minutes": 121}),
            "minutes",
        ),
    ] {
        let _ = s.operator.post(PATH, body).await.assert_invalid(&[field]);
    }
    let nobody = json!({"userId": "0191f3c8-7b1e-7c3a-9d2e-0a1b2c3d4e5f", "reason": "x"});
    let _ = s
        .operator
        .post(PATH, nobody)
        .await
        .assert_problem(404, "NOT_FOUND");
    assert_eq!(s.t.count("select 1 from control.impersonations").await, 0);
}

#[tokio::test]
async fn nobody_is_two_people_at_once() {
    let s = stage(Tier::Starter).await;
    let (first, _) = s.t.act_for(&s.operator, s.acme.member()).await;
    let body = TestApp::impersonation_of(s.acme.viewer());
    let refused = s.operator.post(PATH, &body).await;
    let _ = refused.assert_problem(409, "CONFLICT");
    let _ = s.operator.delete(path_of(&first)).await.assert_status(200);
    let (one, other) = tokio::join!(s.operator.post(PATH, &body), s.operator.post(PATH, &body));
    let mut outcomes = [one.outcome(), other.outcome()];
    outcomes.sort();
    assert_eq!(outcomes, ["201", "409 CONFLICT"]);
    // One whose time is over is in nobody's way.
    s.t.advance(SignedDuration::from_mins(30));
    let _ = s.operator.post(PATH, &body).await.assert_status(201);
}

#[tokio::test]
async fn it_is_recorded_before_the_provider_is_asked() {
    let s = stage(Tier::Starter).await;
    let reached = s.t.provider.stop_at(Moment::Before);
    let operator = s.operator.clone();
    let body = TestApp::impersonation_of(s.acme.member());
    let request = tokio::spawn(async move { operator.post(PATH, body).await });
    reached.notified().await;
    let facts = "select action from control.audit where action like 'impersonations.%'";
    assert_eq!(
        s.t.rows(facts).await,
        [json!({"action": "impersonations.start"})]
    );
    // The request dies here; nobody acts by what is left, and it can be ended.
    request.abort();
    s.t.provider.recover();
    let listed = s.operator.get(PATH).await.json();
    let left = &listed["data"][0];
    assert_eq!(left["status"], "pending");
    let claims = json!({"sub": s.operator.clerk_user_id(), "impersonation": left["id"]});
    let session = json!({"id": "sess_x", "actor": claims});
    let impersonated = s.acme.member().impersonated_in(&session);
    let _ = impersonated
        .get("/me")
        .await
        .assert_problem(401, super::INVALID);
    let _ = s.operator.delete(path_of(left)).await.assert_status(200);
    let _ = s.t.act_for(&s.operator, s.acme.member()).await;
}

#[tokio::test]
async fn a_provider_that_refuses_or_is_silent_leaves_nothing_open() {
    let s = stage(Tier::Starter).await;
    let body = TestApp::impersonation_of(s.acme.member());
    s.t.provider.forget(s.acme.member().clerk_user_id());
    let refused = s.operator.post(PATH, &body).await;
    let _ = refused.assert_problem(409, "CONFLICT");
    for status in [500, 429] {
        s.t.advance(SignedDuration::from_secs(1));
        s.t.provider.fail_with(status);
        let refused = s.operator.post(PATH, &body).await;
        let _ = refused.assert_problem(503, "UNAVAILABLE");
        s.t.provider.recover();
    }
    s.t.advance(SignedDuration::from_secs(1));
    s.t.provider.lose_answers(502);
    let refused = s.operator.post(PATH, &body).await;
    let _ = refused.assert_problem(503, "UNAVAILABLE");
    s.t.provider.recover();
    let listed = s.operator.get(PATH).await;
    assert_eq!(listed.column("status"), ["failed"; 4]);
    assert_eq!(listed.json()["data"][3]["error"], "resource_not_found");
    assert_eq!(
        s.t.count("select 1 from control.audit where action = 'impersonations.fail'")
            .await,
        4
    );
}
