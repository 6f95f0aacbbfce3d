//! What ends a stream, and who gets none.

use bailiwick_kernel::Tier;
use bailiwick_testkit::fixtures::{self, event};
use bailiwick_testkit::{EventStream, TestApp};
use jiff::SignedDuration;
use serde_json::json;

use super::{mark, until_mark};

/// The stream's last word, after which nothing comes.
async fn end_of(mut stream: EventStream) -> String {
    let code = stream.until("end").await.text("code").to_owned();
    assert_eq!(stream.next().await, None);
    code
}

#[tokio::test]
async fn a_stream_ends_with_the_membership() {
    for tier in Tier::ALL {
        let t = TestApp::start().await;
        t.follow_changes();
        let acme = t.tenant("acme", *tier).await;
        let stream = acme.member().events().await;
        let other = acme.viewer().events().await;
        let membership = t.provider_membership(&acme, acme.member(), "org:member");
        t.provider.forget(membership["id"].as_str().unwrap());
        t.advance(SignedDuration::from_secs(1));
        t.apply(&event(
            "organizationMembership.deleted",
            &membership,
            t.now(),
        ))
        .await;
        assert_eq!(end_of(stream).await, "TENANT_ACCESS_DENIED");
        t.tamper(&format!(
            "update control.memberships set status = 'suspended', version = version + 1 where user_id = '{}'",
            acme.viewer().user()
        ))
        .await;
        assert_eq!(end_of(other).await, "TENANT_ACCESS_DENIED");
    }
}

#[tokio::test]
async fn a_stream_ends_with_the_session_and_with_no_other() {
    for kind in ["ended", "removed", "revoked"] {
        let t = TestApp::start().await;
        t.follow_changes();
        let acme = t.tenant("acme", Tier::Starter).await;
        let (stream, mut other) = (acme.member().events().await, acme.viewer().events().await);
        let id = format!("sess_of_{}", acme.member().clerk_user_id());
        let session = json!({
            "object": "session", "id": id, "user_id": acme.member().clerk_user_id(),
            "status": kind, "client_id": "client_1",
        });
        t.apply(&event(&format!("session.{kind}"), &session, t.now()))
            .await;
        assert_eq!(end_of(stream).await, "AUTH_INVALID_TOKEN", "{kind}");
        mark(&t).await;
        until_mark(&mut other).await;
    }
}

#[tokio::test]
async fn a_stream_ends_with_the_user_and_with_the_organization() {
    let t = TestApp::start().await;
    t.follow_changes();
    let acme = t.tenant("acme", Tier::Starter).await;
    let (member, viewer) = (acme.member().events().await, acme.viewer().events().await);
    t.tamper(&format!(
        "update control.users set is_active = false, version = version + 1 where id = '{}'",
        acme.member().user()
    ))
    .await;
    assert_eq!(end_of(member).await, "AUTH_USER_NOT_FOUND");
    t.advance(SignedDuration::from_secs(1));
    let gone = fixtures::deleted(&acme.resource);
    t.apply(&event("organization.deleted", &gone, t.now()))
        .await;
    assert_eq!(end_of(viewer).await, "TENANT_ACCESS_DENIED");
}

#[tokio::test]
async fn a_stream_ends_with_the_token_that_opened_it() {
    let t = TestApp::start().await;
    t.follow_changes();
    let acme = t.tenant("acme", Tier::Starter).await;
    let stream = acme.member().events().await;
    t.advance(SignedDuration::from_secs(61));
    mark(&t).await;
    assert_eq!(end_of(stream).await, "AUTH_INVALID_TOKEN");
    acme.member().events().await.until("users").await;
}

#[tokio::test]
async fn one_stream_too_many_ends_the_oldest() {
    let t = TestApp::start().await;
    t.follow_changes();
    let acme = t.tenant("acme", Tier::Starter).await;
    let first = acme.member().events().await;
    let mut rest = Vec::new();
    for _ in 0..8 {
        rest.push(acme.member().events().await);
    }
    assert_eq!(end_of(first).await, "RATE_LIMITED");
    mark(&t).await;
    for stream in &mut rest {
        until_mark(stream).await;
    }
}

#[tokio::test]
async fn a_server_that_stops_ends_all_streams_and_opens_none() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let stream = acme.member().events().await;
    t.app.close_events();
    assert_eq!(end_of(stream).await, "UNAVAILABLE");
    let refused = acme.member().get("/events").await;
    assert_eq!(refused.header("retry-after"), "5");
    let _ = refused.assert_problem(503, "UNAVAILABLE");
}

#[tokio::test]
async fn who_may_not_enter_gets_no_stream() {
    let t = TestApp::start().await;
    let acme = t.tenant("acme", Tier::Starter).await;
    let globex = t.tenant("globex", Tier::Starter).await;
    for (who, status, code) in [
        (t.anonymous(), 401, "AUTH_REQUIRED"),
        (
            acme.owner().with_token("no token"),
            401,
            "AUTH_INVALID_TOKEN",
        ),
        (globex.owner().within(&acme), 403, "TENANT_ACCESS_DENIED"),
        (globex.owner().naming(&acme), 403, "TENANT_CONTEXT_MISMATCH"),
    ] {
        let _ = who.get("/events").await.assert_problem(status, code);
    }
    for id in ["", "1", "a-b", "-1--1", &"9".repeat(4000)] {
        let who = acme.owner().with_header("last-event-id", id);
        let _ = who.get("/events").await.assert_invalid(&["Last-Event-ID"]);
    }
    let _ = acme
        .owner()
        .get("/events?follow=perhaps")
        .await
        .assert_problem(422, "VALIDATION_FAILED");
}

#[tokio::test]
async fn who_waits_for_their_organization_hears_when_it_is_ready() {
    let t = TestApp::start().await;
    t.follow_changes();
    let acme = t.tenant("acme", Tier::Starter).await;
    let rows = "select * from control.placements";
    let home = &t.rows(rows).await[0];
    t.tamper("delete from control.placements").await;
    let _ = acme
        .owner()
        .get("/projects")
        .await
        .assert_problem(503, "TENANT_PROVISIONING");
    let mut stream = acme.owner().events().await;
    // The head start.
    stream.until("organizations").await;
    t.tamper(&format!(
        "insert into control.placements select * from jsonb_populate_record(null::control.placements, '{home}')"
    ))
    .await;
    stream.until("organizations").await;
    assert!(acme.owner().get("/projects").await.status < 300);
}
