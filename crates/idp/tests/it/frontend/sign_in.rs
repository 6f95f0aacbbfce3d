//! Signing in.

use jiff::SignedDuration;
use serde_json::json;

use super::world::{PASSWORD, World};

const ADA: &str = "ada@northwind.example";

#[tokio::test]
async fn a_password_signs_in() {
    let world = World::new().await;
    world.signed_up(ADA).await;
    let mut browser = world.browser();
    let begun = browser.begin_sign_in("ADA@northwind.example").await;
    assert_eq!(begun["status"], "needs_first_factor");
    assert_eq!(begun["user_data"]["has_image"], false);
    let strategies: Vec<&str> = begun["supported_first_factors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|factor| factor["strategy"].as_str().unwrap())
        .collect();
    assert_eq!(
        strategies,
        [
            "password",
            "email_code",
            "email_link",
            "reset_password_email_code"
        ]
    );
    let id = begun["id"].as_str().unwrap();
    let reply = browser.attempt_sign_in(id, "password", PASSWORD).await;
    assert_eq!(reply.ok()["status"], "complete");
    assert_eq!(
        reply.ok()["first_factor_verification"]["status"],
        "verified"
    );
    let session = &reply.client()["sessions"][0];
    assert_eq!(session["id"], reply.ok()["created_session_id"]);
    assert_eq!(reply.client()["sign_in"], json!(null));
    assert_eq!(reply.client()["last_authentication_strategy"], "password");
    assert_eq!(
        world.said_types().await,
        ["user.created", "session.created", "session.created"]
    );
    browser
        .attempt_sign_in(id, "password", PASSWORD)
        .await
        .refused(400, "sign_in_cannot_be_updated");
}

#[tokio::test]
async fn a_password_may_ride_in_the_first_request() {
    let world = World::new().await;
    world.signed_up(ADA).await;
    for form in [
        vec![("identifier", ADA), ("password", PASSWORD)],
        vec![
            ("identifier", ADA),
            ("password", PASSWORD),
            ("strategy", "password"),
        ],
    ] {
        let reply = world.browser().post("/v1/client/sign_ins", &form).await;
        assert_eq!(reply.ok()["status"], "complete");
        assert_eq!(reply.client()["sessions"].as_array().unwrap().len(), 1);
    }
    let form = [("identifier", ADA), ("password", "not the password")];
    let mut browser = world.browser();
    let reply = browser.post("/v1/client/sign_ins", &form).await;
    reply.refused_param(422, "form_password_incorrect", "password");
    assert_eq!(browser.secret(), None);
}

#[tokio::test]
async fn a_code_signs_in() {
    let world = World::new().await;
    world.signed_up(ADA).await;
    let mut browser = world.browser();
    let begun = browser.begin_sign_in(ADA).await;
    let (id, email) = (
        begun["id"].as_str().unwrap(),
        begun["supported_first_factors"][1]["email_address_id"]
            .as_str()
            .unwrap(),
    );
    let path = format!("/v1/client/sign_ins/{id}/prepare_first_factor");
    let form = [("strategy", "email_code"), ("email_address_id", email)];
    let reply = browser.post(&path, &form).await;
    assert_eq!(
        reply.ok()["first_factor_verification"]["strategy"],
        "email_code"
    );
    let other = [
        ("strategy", "email_code"),
        ("email_address_id", "idn_other"),
    ];
    browser
        .post(&path, &other)
        .await
        .refused_param(404, "resource_not_found", "email_address_id");
    let code = world.code(ADA);
    // The code was for signing in, not for a new password.
    let reply = browser
        .attempt_sign_in(id, "reset_password_email_code", &code)
        .await;
    reply.refused(400, "verification_missing");
    let reply = browser.attempt_sign_in(id, "email_code", &code).await;
    assert_eq!(reply.ok()["status"], "complete");

    // A code is good once.
    let mut again = world.browser();
    let begun = again.begin_sign_in(ADA).await;
    let id = begun["id"].as_str().unwrap();
    again
        .attempt_sign_in(id, "email_code", &code)
        .await
        .refused(400, "verification_missing");
}

#[tokio::test]
async fn a_code_may_be_asked_for_in_the_first_request() {
    let world = World::new().await;
    world.signed_up(ADA).await;
    let mut browser = world.browser();
    let form = [("identifier", ADA), ("strategy", "email_code")];
    let reply = browser.post("/v1/client/sign_ins", &form).await;
    let id = reply.ok()["id"].as_str().unwrap();
    let code = world.code(ADA);
    assert_eq!(
        browser.attempt_sign_in(id, "email_code", &code).await.ok()["status"],
        "complete"
    );
}

#[tokio::test]
async fn a_forgotten_password_is_replaced_and_others_are_signed_out() {
    let world = World::new().await;
    let mut elsewhere = world.signed_up(ADA).await;
    let mut browser = world.browser();
    let form = [
        ("identifier", ADA),
        ("strategy", "reset_password_email_code"),
    ];
    let reply = browser.post("/v1/client/sign_ins", &form).await;
    let id = reply.ok()["id"].as_str().unwrap().to_owned();
    let path = format!("/v1/client/sign_ins/{id}/reset_password");
    let fresh = [
        ("password", "a new password"),
        ("sign_out_of_other_sessions", "true"),
    ];
    browser
        .post(&path, &fresh)
        .await
        .refused(400, "sign_in_cannot_be_updated");
    let code = world.code(ADA);
    let reply = browser
        .attempt_sign_in(&id, "reset_password_email_code", &code)
        .await;
    assert_eq!(reply.ok()["status"], "needs_new_password");
    assert_eq!(reply.client()["sessions"], json!([]));
    let short = browser.post(&path, &[("password", "short")]).await;
    short.refused_param(422, "form_password_length_too_short", "password");
    let reply = browser.post(&path, &fresh).await;
    assert_eq!(reply.ok()["status"], "complete");
    assert_eq!(reply.client()["sessions"].as_array().unwrap().len(), 1);
    assert_eq!(
        elsewhere.get("/v1/client").await.ok()["sessions"],
        json!([])
    );
    let types = world.said_types().await;
    assert_eq!(
        types[2..],
        ["user.updated", "session.revoked", "session.created"]
    );

    let mut browser = world.browser();
    browser
        .sign_in(ADA)
        .await
        .refused(422, "form_password_incorrect");
    let form = [("identifier", ADA), ("password", "a new password")];
    assert_eq!(
        browser.post("/v1/client/sign_ins", &form).await.ok()["status"],
        "complete"
    );
}

#[tokio::test]
async fn the_proof_for_a_new_password_grows_old() {
    let world = World::new().await;
    world.signed_up(ADA).await;
    let mut browser = world.browser();
    let form = [
        ("identifier", ADA),
        ("strategy", "reset_password_email_code"),
    ];
    let reply = browser.post("/v1/client/sign_ins", &form).await;
    let id = reply.ok()["id"].as_str().unwrap().to_owned();
    let code = world.code(ADA);
    browser
        .attempt_sign_in(&id, "reset_password_email_code", &code)
        .await
        .ok();
    world.time.advance(SignedDuration::from_mins(16));
    let path = format!("/v1/client/sign_ins/{id}/reset_password");
    let reply = browser.post(&path, &[("password", "a new password")]).await;
    reply.refused(400, "verification_expired");
}

#[tokio::test]
async fn an_unknown_address_is_told_as_at_clerk() {
    let world = World::new().await;
    let reply = world
        .browser()
        .post("/v1/client/sign_ins", &[("identifier", "nobody@x.example")])
        .await;
    reply.refused_param(422, "form_identifier_not_found", "identifier");
}

#[tokio::test]
async fn without_an_identifier_an_attempt_waits_for_one() {
    let world = World::new().await;
    let reply = world
        .browser()
        .post("/v1/client/sign_ins", &[("locale", "en-US")])
        .await;
    assert_eq!(reply.ok()["status"], "needs_identifier");
    let reply = world
        .browser()
        .post("/v1/client/sign_ins", &[("strategy", "oauth_google")])
        .await;
    reply.refused_param(422, "form_param_value_invalid", "strategy");
}

#[tokio::test]
async fn in_single_session_mode_a_second_sign_in_takes_the_place_of_the_first() {
    let world = World::with(|config| config.settings.sessions.single_session = true).await;
    world.signed_up("grace@northwind.example").await;
    let mut browser = world.signed_up(ADA).await;
    let first = browser.session_id().await;
    browser.sign_in("grace@northwind.example").await.ok();
    let session = browser.session().await;
    assert_ne!(session["id"], first.as_str());
    let path = format!("/v1/client/sessions/{first}/tokens");
    browser
        .post(&path, &[])
        .await
        .refused(401, "authentication_invalid");
    assert!(
        world
            .said_types()
            .await
            .contains(&"session.ended".to_owned())
    );
}
