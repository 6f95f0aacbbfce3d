//! How it ends: by a word, by its time, and with who acts.

use std::time::{Duration, Instant};

use bailiwick_kernel::{Code, Tier};
use bailiwick_services::RequestInfo;
use bailiwick_services::audit::Reader;
use bailiwick_store::audit::read::Filter;
use bailiwick_testkit::{Answer, Persona};
use jiff::SignedDuration;

use super::{INVALID, another_operator, path_of, stage};

/// The promise, and room for a machine that is busy with other tests.
const BOUND: Duration = Duration::from_secs(5);

async fn refused_soon(ask: impl AsyncFn() -> Answer) {
    let started = Instant::now();
    loop {
        let answer = ask().await;
        if answer.status >= 400 {
            let _ = answer.assert_problem(401, INVALID);
            return;
        }
        assert!(started.elapsed() < BOUND, "still acting: {answer:?}");
    }
}

#[tokio::test]
async fn an_end_is_in_force_at_once_on_every_server_and_at_the_provider() {
    for tier in Tier::ALL {
        let s = stage(*tier).await;
        let beside = s.t.neighbour().await;
        let (impersonation, here) = s.t.act_for(&s.operator, s.acme.member()).await;
        let there = here.at(&beside);
        let session = here.claims()["sid"].as_str().unwrap().to_owned();
        for persona in [&here, &there] {
            let _ = persona.get("/projects").await.assert_status(200);
        }
        let mut stream = there.events().await;
        let ended = s
            .operator
            .delete(path_of(&impersonation))
            .await
            .assert_status(200);
        assert_eq!(ended.json()["status"], "ended");
        let _ = here.get("/projects").await.assert_problem(401, INVALID);
        refused_soon(async || there.get("/projects").await).await;
        assert_eq!(stream.until("end").await.text("code"), INVALID);
        assert_eq!(s.t.provider.session_status(&session), "revoked");
        // The user's own session is none of it.
        let _ = s.acme.member().get("/projects").await.assert_status(200);
        let again = s.operator.delete(path_of(&impersonation)).await;
        assert_eq!(
            again.assert_status(200).json()["endedAt"],
            ended.json()["endedAt"]
        );
    }
}

#[tokio::test]
async fn whoever_acts_ends_it_themselves() {
    let s = stage(Tier::Starter).await;
    let (_, impersonated) = s.t.act_for(&s.operator, s.acme.member()).await;
    let ended = impersonated
        .delete("/me/impersonation")
        .await
        .assert_status(200)
        .json();
    assert_eq!(ended["endedBy"]["id"], s.operator.user().to_string());
    let _ = impersonated.get("/me").await.assert_problem(401, INVALID);
    let _ = impersonated
        .delete("/me/impersonation")
        .await
        .assert_problem(401, INVALID);
    let own = s.acme.member().delete("/me/impersonation").await;
    let _ = own.assert_problem(404, "NOT_FOUND");
}

#[tokio::test]
async fn a_link_that_was_not_used_opens_nothing_after_the_end() {
    let s = stage(Tier::Starter).await;
    let body = bailiwick_testkit::TestApp::impersonation_of(s.acme.member());
    let started = s
        .operator
        .post(super::PATH, body)
        .await
        .assert_status(201)
        .json();
    let _ = s
        .operator
        .delete(path_of(&started["impersonation"]))
        .await
        .assert_status(200);
    let url = started["url"].as_str().unwrap();
    assert_eq!(s.t.provider.use_ticket(url).unwrap_err(), "revoked");
}

#[tokio::test]
async fn a_link_that_was_used_and_never_here_is_ended_at_the_provider_too() {
    let s = stage(Tier::Starter).await;
    let (impersonation, impersonated) = s.t.act_for(&s.operator, s.acme.member()).await;
    let session = impersonated.claims()["sid"].as_str().unwrap().to_owned();
    let _ = s
        .operator
        .delete(path_of(&impersonation))
        .await
        .assert_status(200);
    assert_eq!(s.t.provider.session_status(&session), "revoked");
    let _ = impersonated.get("/me").await.assert_problem(401, INVALID);
}

#[tokio::test]
async fn a_provider_that_is_away_is_told_later_and_nobody_acts_meanwhile() {
    let s = stage(Tier::Starter).await;
    let (impersonation, impersonated) = s.t.act_for(&s.operator, s.acme.member()).await;
    let _ = impersonated.get("/me").await.assert_status(200);
    let session = impersonated.claims()["sid"].as_str().unwrap().to_owned();
    s.t.provider.fail_with(500);
    let _ = s
        .operator
        .delete(path_of(&impersonation))
        .await
        .assert_status(202);
    let _ = impersonated.get("/me").await.assert_problem(401, INVALID);
    assert_eq!(s.t.provider.session_status(&session), "active");
    s.t.provider.recover();
    s.t.advance(SignedDuration::from_mins(5));
    s.t.settle().await;
    assert_eq!(s.t.provider.session_status(&session), "revoked");
}

#[tokio::test]
async fn its_time_is_over_whatever_the_session_says() {
    let s = stage(Tier::Starter).await;
    let (_, impersonated) = s.t.act_for(&s.operator, s.acme.member()).await;
    let _ = impersonated.get("/projects").await.assert_status(200);
    s.t.advance(SignedDuration::from_secs(29 * 60 + 59));
    let _ = impersonated.get("/projects").await.assert_status(200);
    s.t.advance(SignedDuration::from_secs(1));
    let session = impersonated.claims()["sid"].as_str().unwrap().to_owned();
    assert_eq!(s.t.provider.session_status(&session), "active");
    let _ = impersonated
        .get("/projects")
        .await
        .assert_problem(401, INVALID);
    let listed = s.operator.get(super::PATH).await;
    assert_eq!(listed.column("status"), ["expired"]);
    let _ = s.acme.member().get("/projects").await.assert_status(200);
}

#[tokio::test]
async fn it_ends_with_what_made_it_possible() {
    let s = stage(Tier::Starter).await;
    s.t.follow_changes();
    let change = async |statement: String, impersonated: &Persona| {
        let _ = impersonated.get("/projects").await.assert_status(200);
        s.t.tamper(&statement).await;
        refused_soon(async || impersonated.get("/projects").await).await;
    };
    let set = |what: &str, user: &Persona| {
        format!(
            "update control.users set {what}, version = version + 1 where id = '{}'",
            user.user()
        )
    };
    let helper = another_operator(&s.t, "helper", "admin_staff").await;
    let (_, impersonated) = s.t.act_for(&helper, s.acme.member()).await;
    change(set("platform_role = 'none'", &helper), &impersonated).await;
    let leaver = another_operator(&s.t, "leaver", "admin_staff").await;
    let (_, impersonated) = s.t.act_for(&leaver, s.acme.member()).await;
    change(set("is_active = false", &leaver), &impersonated).await;
    // Whoever is acted for has become an equal.
    let (_, impersonated) = s.t.act_for(&s.operator, s.acme.member()).await;
    change(
        set("platform_role = 'super_admin'", s.acme.member()),
        &impersonated,
    )
    .await;
}

#[tokio::test]
async fn what_is_under_way_is_cut_off_with_it() {
    let s = stage(Tier::Starter).await;
    let (impersonation, impersonated) = s.t.act_for(&s.operator, s.acme.owner()).await;
    let claims = s.t.app.verify(&impersonated.token()).await.unwrap();
    let request = RequestInfo {
        id: s.t.app.env().uuid().into(),
        address: None,
    };
    let caller = s.t.app.caller(claims, None, request).await.unwrap();
    let reader = Reader::open(caller).await.unwrap();
    let mut export = reader.export(Filter::default(), "ndjson").await.unwrap();
    let _ = s
        .operator
        .delete(path_of(&impersonation))
        .await
        .assert_status(200);
    let Err(error) = export.next_page().await else {
        panic!("it went on");
    };
    assert_eq!(error.into_problem().code(), Code::AuthImpersonationInvalid);
}
