//! Signing up.

use std::sync::atomic::Ordering;

use futures::future::join_all;
use jiff::SignedDuration;
use serde_json::json;

use super::world::{ORIGIN, PASSWORD, World};

const ADA: &str = "ada@northwind.example";

#[tokio::test]
async fn an_address_a_password_and_a_code_make_a_user_a_session_and_a_token() {
    let world = World::new().await;
    let mut browser = world.browser();
    let form = [
        ("email_address", ADA),
        ("password", PASSWORD),
        ("first_name", "Ada"),
        ("last_name", ""),
        ("unsafe_metadata", r#"{"plan":"x"}"#),
        ("locale", "en-US"),
    ];
    let reply = browser
        .post("/v1/client/sign_ups?_clerk_js_version=6.34.1", &form)
        .await;
    let begun = reply.ok();
    assert_eq!(begun["status"], "missing_requirements");
    assert_eq!(begun["missing_fields"], json!([]));
    assert_eq!(begun["unverified_fields"], json!(["email_address"]));
    assert_eq!(
        begun["verifications"]["email_address"]["next_action"],
        "needs_prepare"
    );
    assert_eq!(
        begun["verifications"]["email_address"]["strategy"],
        json!(null),
        "the components ask for a code only then"
    );
    assert_eq!(
        (&begun["has_password"], &begun["last_name"]),
        (&json!(true), &json!(null))
    );
    assert_eq!(&reply.client()["sign_up"], begun);
    assert_eq!(reply.client()["sessions"], json!([]));
    let id = begun["id"].as_str().unwrap().to_owned();

    let path = format!("/v1/client/sign_ups/{id}/prepare_verification");
    let reply = browser.post(&path, &[("strategy", "email_code")]).await;
    assert_eq!(
        reply.ok()["verifications"]["email_address"]["next_action"],
        "needs_attempt"
    );
    assert!(world.said().await.is_empty());

    let reply = browser.attempt_sign_up(&id, &world.code(ADA)).await;
    let done = reply.ok();
    assert_eq!(done["status"], "complete");
    let client = reply.client();
    assert_eq!(client["sign_up"], json!(null));
    let session = &client["sessions"][0];
    assert_eq!(session["id"], done["created_session_id"]);
    assert_eq!(client["last_active_session_id"], session["id"]);
    let user = &session["user"];
    assert_eq!(user["id"], done["created_user_id"]);
    assert_eq!(
        (&user["first_name"], &user["last_name"]),
        (&json!("Ada"), &json!(null))
    );
    assert_eq!(user["unsafe_metadata"], json!({ "plan": "x" }));
    assert!(user.get("private_metadata").is_none());
    let email = &user["email_addresses"][0];
    assert_eq!(email["email_address"], ADA);
    assert_eq!(email["verification"]["status"], "verified");
    assert_eq!(user["primary_email_address_id"], email["id"]);

    let now = world.time.now().as_second();
    let claims = world
        .claims(session["last_active_token"]["jwt"].as_str().unwrap())
        .await;
    for (claim, value) in [
        ("iss", json!("http://clerk.bailiwick.localhost")),
        ("sub", user["id"].clone()),
        ("sid", session["id"].clone()),
        ("azp", json!(ORIGIN)),
        ("v", json!(2)),
        ("sts", json!("active")),
        ("fva", json!([0, -1])),
        ("iat", json!(now)),
        ("exp", json!(now + 60)),
    ] {
        assert_eq!(claims[claim], value, "{claim}");
    }
    assert!(claims["nbf"].as_i64().unwrap() < now && claims.get("o").is_none());

    let uat: Vec<&String> = browser
        .jar
        .iter()
        .filter(|(key, _)| key.starts_with("__client_uat"))
        .map(|(_, value)| value)
        .collect();
    assert_eq!(uat, [&now.to_string(), &now.to_string()]);

    let said = world.said().await;
    let types: Vec<&str> = said.iter().map(|(event, _)| event.as_str()).collect();
    assert_eq!(types, ["user.created", "session.created"]);
    assert_eq!(said[0].1["id"], user["id"]);
    assert_eq!(said[0].1["private_metadata"], json!({}));
    assert_eq!(said[1].1["user"]["id"], user["id"]);
    assert_eq!(said[1].1["latest_activity"]["browser_name"], "Firefox");

    // What is done stays readable and is done once.
    let again = browser.get(&format!("/v1/client/sign_ups/{id}")).await;
    assert_eq!(again.ok()["status"], "complete");
    assert_eq!(again.ok()["missing_fields"], json!([]));
    browser
        .attempt_sign_up(&id, "000000")
        .await
        .refused(400, "sign_up_cannot_be_updated");
}

#[tokio::test]
async fn the_password_may_come_last() {
    let world = World::new().await;
    let mut browser = world.browser();
    let reply = browser
        .post("/v1/client/sign_ups", &[("email_address", ADA)])
        .await;
    assert_eq!(reply.ok()["missing_fields"], json!(["password"]));
    let id = reply.ok()["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/client/sign_ups/{id}/prepare_verification");
    browser
        .post(&path, &[("strategy", "email_code")])
        .await
        .ok();
    let reply = browser.attempt_sign_up(&id, &world.code(ADA)).await;
    assert_eq!(reply.ok()["status"], "missing_requirements");
    assert_eq!(reply.ok()["unverified_fields"], json!([]));
    let path = format!("/v1/client/sign_ups/{id}");
    let reply = browser
        .call("PATCH", &path, &[("password", PASSWORD)])
        .await;
    assert_eq!(reply.ok()["status"], "complete");
    assert_eq!(reply.client()["sessions"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_new_address_needs_a_new_proof() {
    let world = World::new().await;
    let mut browser = world.browser();
    let id = browser.begin_sign_up("mine@x.example").await;
    let code = world.code("mine@x.example");
    let path = format!("/v1/client/sign_ups/{id}");
    let reply = browser
        .call("PATCH", &path, &[("email_address", "yours@x.example")])
        .await;
    assert_eq!(
        reply.ok()["verifications"]["email_address"]["next_action"],
        "needs_prepare"
    );
    browser
        .attempt_sign_up(&id, &code)
        .await
        .refused(400, "verification_missing");
    assert!(world.said().await.is_empty());
}

#[tokio::test]
async fn fields_that_do_not_fit_are_named() {
    let world = World::new().await;
    let mut browser = world.browser();
    for (form, code, param) in [
        (
            [("email_address", "no address")],
            "form_param_format_invalid",
            "email_address",
        ),
        (
            [("password", "short")],
            "form_password_length_too_short",
            "password",
        ),
        (
            [("password", &"x".repeat(73))],
            "form_password_length_too_long",
            "password",
        ),
        (
            [("first_name", &"x".repeat(300))],
            "form_param_format_invalid",
            "first_name",
        ),
        (
            [("unsafe_metadata", "[]")],
            "form_param_format_invalid",
            "unsafe_metadata",
        ),
        (
            [("phone_number", "0600000000")],
            "form_param_format_invalid",
            "phone_number",
        ),
        ([("token", "x")], "form_param_unknown", "token"),
    ] {
        browser
            .post("/v1/client/sign_ups", &form)
            .await
            .refused_param(422, code, param);
    }
    assert_eq!(browser.secret(), None, "a refused request makes no client");
}

#[tokio::test]
async fn an_address_that_is_taken_is_told_whatever_its_case() {
    let world = World::new().await;
    world.signed_up(ADA).await;
    let form = [
        ("email_address", "Ada@NorthWind.example"),
        ("password", PASSWORD),
    ];
    let reply = world.browser().post("/v1/client/sign_ups", &form).await;
    reply.refused_param(422, "form_identifier_exists", "email_address");
}

#[tokio::test]
async fn of_several_attempts_with_one_address_one_wins() {
    let world = World::new().await;
    let mut attempts = Vec::new();
    for _ in 0..4 {
        let mut browser = world.browser();
        let id = browser.begin_sign_up(ADA).await;
        let code = world.code(ADA);
        attempts.push(async move { browser.attempt_sign_up(&id, &code).await });
    }
    let replies = join_all(attempts).await;
    let (won, lost): (Vec<_>, Vec<_>) = replies.iter().partition(|reply| reply.status == 200);
    assert_eq!((won.len(), lost.len()), (1, 3));
    for reply in lost {
        reply.refused_param(422, "form_identifier_exists", "email_address");
    }
    assert_eq!(
        world.said_types().await,
        ["user.created", "session.created"]
    );
}

#[tokio::test]
async fn a_code_takes_five_answers_and_ten_minutes() {
    let world = World::new().await;
    let mut browser = world.browser();
    let id = browser.begin_sign_up(ADA).await;
    for _ in 0..5 {
        let wrong = world.wrong_code(ADA);
        browser.attempt_sign_up(&id, &wrong).await.refused_param(
            422,
            "form_code_incorrect",
            "code",
        );
    }
    let right = world.code(ADA);
    browser
        .attempt_sign_up(&id, &right)
        .await
        .refused(400, "verification_failed");

    let path = format!("/v1/client/sign_ups/{id}/prepare_verification");
    browser
        .post(&path, &[("strategy", "email_code")])
        .await
        .ok();
    world.time.advance(SignedDuration::from_mins(10));
    let late = world.code(ADA);
    browser
        .attempt_sign_up(&id, &late)
        .await
        .refused(400, "verification_expired");

    browser
        .post(&path, &[("strategy", "email_code")])
        .await
        .ok();
    browser
        .attempt_sign_up(&id, &late)
        .await
        .refused(422, "form_code_incorrect");
    let right = world.code(ADA);
    assert_eq!(
        browser.attempt_sign_up(&id, &right).await.ok()["status"],
        "complete"
    );
}

#[tokio::test]
async fn test_addresses_get_their_code_only_where_that_is_wanted() {
    let test = "ada+clerk_test@northwind.example";
    let world = World::with(|config| config.test_codes = true).await;
    let mut browser = world.browser();
    let id = browser.begin_sign_up(test).await;
    assert_eq!(
        browser.attempt_sign_up(&id, "424242").await.ok()["status"],
        "complete"
    );
    let id = browser.begin_sign_up(ADA).await;
    assert_ne!(world.code(ADA), "424242");
    browser
        .attempt_sign_up(&id, "424242")
        .await
        .refused(422, "form_code_incorrect");

    let world = World::new().await;
    let mut browser = world.browser();
    let id = browser.begin_sign_up(test).await;
    browser
        .attempt_sign_up(&id, "424242")
        .await
        .refused(422, "form_code_incorrect");
}

#[tokio::test]
async fn mail_that_cannot_be_sent_is_told_and_can_be_asked_for_again() {
    let world = World::new().await;
    let mut browser = world.browser();
    let reply = browser
        .post(
            "/v1/client/sign_ups",
            &[("email_address", ADA), ("password", PASSWORD)],
        )
        .await;
    let id = reply.ok()["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/client/sign_ups/{id}/prepare_verification");
    world.outbox.is_broken.store(true, Ordering::SeqCst);
    let reply = browser.post(&path, &[("strategy", "email_code")]).await;
    reply.refused(503, "message_not_sent");
    assert!(reply.headers.contains_key("retry-after"));
    world.outbox.is_broken.store(false, Ordering::SeqCst);
    browser
        .post(&path, &[("strategy", "email_code")])
        .await
        .ok();
    let code = world.code(ADA);
    assert_eq!(
        browser.attempt_sign_up(&id, &code).await.ok()["status"],
        "complete"
    );
}

#[tokio::test]
async fn a_mailbox_is_not_flooded() {
    let world = World::new().await;
    let mut browser = world.browser();
    let id = browser.begin_sign_up(ADA).await;
    let path = format!("/v1/client/sign_ups/{id}/prepare_verification");
    for _ in 0..9 {
        browser
            .post(&path, &[("strategy", "email_code")])
            .await
            .ok();
    }
    let reply = browser.post(&path, &[("strategy", "email_code")]).await;
    reply.refused(429, "too_many_requests");
    assert_eq!(reply.headers["retry-after"], "60");
    assert_eq!(world.mails(ADA).len(), 10);
}
