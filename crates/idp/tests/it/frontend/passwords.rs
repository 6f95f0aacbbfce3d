//! Guessing passwords and codes, and what it costs.

use std::num::NonZeroU32;
use std::time::Duration;

use jiff::SignedDuration;

use super::world::{PASSWORD, World};

const ADA: &str = "ada@northwind.example";

#[tokio::test]
async fn a_stranger_and_a_wrong_password_cost_the_same() {
    let world = World::new().await;
    world.signed_up(ADA).await;
    for (address, password, status) in [
        (ADA, "not the password", 422),
        ("nobody@x.example", "not the password", 422),
        (ADA, PASSWORD, 200),
    ] {
        let before = world.idp.passwords().runs();
        let form = [("identifier", address), ("password", password)];
        let reply = world.browser().post("/v1/client/sign_ins", &form).await;
        assert_eq!(reply.status, status, "{}", reply.body);
        assert_eq!(world.idp.passwords().runs() - before, 1, "{address}");
    }
}

#[tokio::test]
async fn an_account_is_locked_for_a_while_and_the_right_password_does_not_help() {
    let world = World::with(|config| {
        config.lockout.max_attempts = 3;
        config.lockout.duration = Duration::from_secs(600);
    })
    .await;
    world.signed_up(ADA).await;
    let mut browser = world.browser();
    let begun = browser.begin_sign_in(ADA).await;
    let id = begun["id"].as_str().unwrap();
    for _ in 0..3 {
        let reply = browser
            .attempt_sign_in(id, "password", "not the password")
            .await;
        reply.refused_param(422, "form_password_incorrect", "password");
    }
    let reply = browser.attempt_sign_in(id, "password", PASSWORD).await;
    assert_eq!(
        reply.refused(403, "user_locked")["lockout_expires_in_seconds"],
        600
    );
    let form = [("identifier", ADA), ("password", PASSWORD)];
    world
        .browser()
        .post("/v1/client/sign_ins", &form)
        .await
        .refused(403, "user_locked");
    let form = [("identifier", ADA), ("strategy", "email_code")];
    world
        .browser()
        .post("/v1/client/sign_ins", &form)
        .await
        .refused(403, "user_locked");
    world.time.advance(SignedDuration::from_secs(600));
    assert_eq!(
        browser.attempt_sign_in(id, "password", PASSWORD).await.ok()["status"],
        "complete"
    );
}

#[tokio::test]
async fn wrong_codes_lock_too_and_a_sign_in_forgets_them() {
    let world = World::with(|config| config.lockout.max_attempts = 4).await;
    world.signed_up(ADA).await;
    let mut browser = world.browser();
    let form = [("identifier", ADA), ("strategy", "email_code")];
    for _ in 0..2 {
        let reply = browser.post("/v1/client/sign_ins", &form).await;
        let id = reply.ok()["id"].as_str().unwrap().to_owned();
        for _ in 0..3 {
            let wrong = world.wrong_code(ADA);
            let reply = browser.attempt_sign_in(&id, "email_code", &wrong).await;
            reply.refused(422, "form_code_incorrect");
        }
        let code = world.code(ADA);
        browser.attempt_sign_in(&id, "email_code", &code).await.ok();
    }
    let reply = browser.post("/v1/client/sign_ins", &form).await;
    let id = reply.ok()["id"].as_str().unwrap().to_owned();
    for _ in 0..4 {
        let wrong = world.wrong_code(ADA);
        browser
            .attempt_sign_in(&id, "email_code", &wrong)
            .await
            .refused(422, "form_code_incorrect");
    }
    let code = world.code(ADA);
    browser
        .attempt_sign_in(&id, "email_code", &code)
        .await
        .refused(403, "user_locked");
}

#[tokio::test]
async fn answers_given_at_once_are_judged_one_by_one() {
    let world = World::with(|config| {
        config.rate_limits.attempts_per_minute = NonZeroU32::new(1000).unwrap();
    })
    .await;
    let mut browser = world.browser();
    let id = browser.begin_sign_up(ADA).await;
    let wrong = world.wrong_code(ADA);
    let guesses = (0..20).map(|_| {
        let (mut browser, id, wrong) = (browser.clone(), id.clone(), wrong.clone());
        async move { browser.attempt_sign_up(&id, &wrong).await.status.as_u16() }
    });
    let statuses = futures::future::join_all(guesses).await;
    assert_eq!(statuses.iter().filter(|status| **status == 422).count(), 5);
    assert_eq!(statuses.iter().filter(|status| **status == 400).count(), 15);
}

#[tokio::test]
async fn one_network_address_gets_so_many_attempts_a_minute() {
    let world = World::with(|config| {
        config.rate_limits.attempts_per_minute = NonZeroU32::new(6).unwrap();
    })
    .await;
    let mut browser = world.browser();
    let form = [("identifier", "nobody@x.example")];
    for _ in 0..6 {
        browser
            .post("/v1/client/sign_ins", &form)
            .await
            .refused(422, "form_identifier_not_found");
    }
    let reply = browser.post("/v1/client/sign_ins", &form).await;
    reply.refused(429, "too_many_requests");
    assert_eq!(reply.headers["retry-after"], "10");
    // Whoever else asks is not the one to suffer, and reading goes on.
    browser.get("/v1/client").await.ok();
    let mut other = world.browser();
    other.address = "192.0.2.2:1000".parse().unwrap();
    other
        .post("/v1/client/sign_ins", &form)
        .await
        .refused(422, "form_identifier_not_found");
    world.time.advance(SignedDuration::from_secs(10));
    browser
        .post("/v1/client/sign_ins", &form)
        .await
        .refused(422, "form_identifier_not_found");
}
