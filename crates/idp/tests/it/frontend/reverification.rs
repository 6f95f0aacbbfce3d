//! Proof demanded once more, before sensitive changes.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::world::{Browser, PASSWORD, Reply, World};

const ADA: &str = "ada@northwind.example";

impl Browser {
    async fn verify(&mut self, session: &str, step: &str, form: &[(&str, &str)]) -> Reply {
        let path = format!("/v1/client/sessions/{session}/verify{step}");
        self.post(&path, form).await
    }

    async fn set_up_totp(&mut self) -> Reply {
        let path = self.own("/v1/me/totp").await;
        self.post(&path, &[]).await
    }
}

fn strategies(factors: &Value) -> Vec<&str> {
    let factors = factors.as_array().unwrap();
    factors
        .iter()
        .map(|factor| factor["strategy"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn a_sensitive_change_demands_a_fresh_factor() {
    let world = World::new().await;
    let mut browser = world.signed_up(ADA).await;
    world.time.advance(SignedDuration::from_mins(9));
    browser.set_up_totp().await.ok();
    world.time.advance(SignedDuration::from_mins(1));
    let sensitive = [
        ("POST", "/v1/me/totp"),
        ("DELETE", "/v1/me/totp"),
        ("POST", "/v1/me/backup_codes/"),
        ("DELETE", "/v1/me"),
    ];
    for (method, path) in sensitive {
        let path = browser.own(path).await;
        browser
            .call(method, &path, &[])
            .await
            .refused(403, "session_reverification_required");
    }
    // What can be undone does not.
    let path = browser.own("/v1/me").await;
    browser
        .call("PATCH", &path, &[("first_name", "Ada")])
        .await
        .ok();

    let session = browser.session_id().await;
    let reply = browser
        .verify(&session, "", &[("level", "second_factor")])
        .await;
    // Who has no second factor is asked for the first.
    assert_eq!(reply.ok()["level"], "first_factor");
    assert_eq!(reply.ok()["status"], "needs_first_factor");
    assert_eq!(reply.ok()["session"]["id"], session.as_str());
    let offered = strategies(&reply.ok()["supported_first_factors"]);
    assert!(offered.contains(&"password") && offered.contains(&"email_code"));
    assert!(!offered.contains(&"reset_password_email_code"));
    let wrong = [
        ("strategy", "password"),
        ("password", "wrong horse battery"),
    ];
    browser
        .verify(&session, "/attempt_first_factor", &wrong)
        .await
        .refused_param(422, "form_password_incorrect", "password");
    browser
        .set_up_totp()
        .await
        .refused(403, "session_reverification_required");
    let right = [("strategy", "password"), ("password", PASSWORD)];
    let reply = browser
        .verify(&session, "/attempt_first_factor", &right)
        .await;
    assert_eq!(reply.ok()["status"], "complete");
    assert_eq!(
        reply.ok()["first_factor_verification"]["status"],
        "verified"
    );
    let shown = &reply.client()["sessions"][0];
    assert_eq!(shown["factor_verification_age"], json!([0, -1]));
    let jwt = shown["last_active_token"]["jwt"].as_str().unwrap();
    assert_eq!(world.claims(jwt).await["fva"], json!([0, -1]));
    browser.set_up_totp().await.ok();
}

#[tokio::test]
async fn a_code_by_mail_is_a_fresh_factor_too() {
    let world = World::new().await;
    let mut browser = world.signed_up(ADA).await;
    world.time.advance(SignedDuration::from_mins(30));
    let session = browser.session_id().await;
    browser
        .verify(&session, "", &[("level", "first_factor")])
        .await
        .ok();
    let form = [("strategy", "email_code")];
    let reply = browser
        .verify(&session, "/prepare_first_factor", &form)
        .await;
    assert_eq!(
        reply.ok()["first_factor_verification"]["status"],
        "unverified"
    );
    let wrong = world.wrong_code(ADA);
    let form = [("strategy", "email_code"), ("code", wrong.as_str())];
    browser
        .verify(&session, "/attempt_first_factor", &form)
        .await
        .refused(422, "form_code_incorrect");
    let right = world.code(ADA);
    let form = [("strategy", "email_code"), ("code", right.as_str())];
    let reply = browser
        .verify(&session, "/attempt_first_factor", &form)
        .await;
    assert_eq!(reply.ok()["status"], "complete");
    browser.set_up_totp().await.ok();
}

#[tokio::test]
async fn whoever_has_a_second_factor_must_give_it() {
    let world = World::new().await;
    let mut browser = world.signed_up(ADA).await;
    let (phone, codes) = browser.enrol(&world).await;
    world.time.advance(SignedDuration::from_mins(30));
    let session = browser.session_id().await;
    let totp = browser.own("/v1/me/totp").await;
    // The first factor alone is not enough.
    browser
        .verify(&session, "", &[("level", "first_factor")])
        .await
        .ok();
    let right = [("strategy", "password"), ("password", PASSWORD)];
    browser
        .verify(&session, "/attempt_first_factor", &right)
        .await
        .ok();
    browser
        .call("DELETE", &totp, &[])
        .await
        .refused(403, "session_reverification_required");
    let reply = browser
        .verify(&session, "", &[("level", "second_factor")])
        .await;
    assert_eq!(reply.ok()["status"], "needs_second_factor");
    let offered = strategies(&reply.ok()["supported_second_factors"]);
    assert_eq!(offered, ["totp", "backup_code"]);
    let wrong = phone.wrong_code(&world);
    let form = [("strategy", "totp"), ("code", wrong.as_str())];
    browser
        .verify(&session, "/attempt_second_factor", &form)
        .await
        .refused(422, "form_code_incorrect");
    let form = [("strategy", "backup_code"), ("code", codes[0].as_str())];
    let reply = browser
        .verify(&session, "/attempt_second_factor", &form)
        .await;
    assert_eq!(reply.ok()["status"], "complete");
    assert_eq!(
        reply.ok()["second_factor_verification"]["strategy"],
        "backup_code"
    );
    browser.call("DELETE", &totp, &[]).await.ok();
}

#[tokio::test]
async fn several_factors_are_asked_for_one_after_the_other() {
    let world = World::new().await;
    let mut browser = world.signed_up(ADA).await;
    let (phone, _) = browser.enrol(&world).await;
    world.time.advance(SignedDuration::from_mins(30));
    let session = browser.session_id().await;
    let reply = browser
        .verify(&session, "", &[("level", "multi_factor")])
        .await;
    assert_eq!(reply.ok()["status"], "needs_first_factor");
    let code = phone.code(&world, 0);
    let second = [("strategy", "totp"), ("code", code.as_str())];
    browser
        .verify(&session, "/attempt_second_factor", &second)
        .await
        .refused(400, "session_reverification_cannot_be_updated");
    let first = [("strategy", "password"), ("password", PASSWORD)];
    let reply = browser
        .verify(&session, "/attempt_first_factor", &first)
        .await;
    assert_eq!(reply.ok()["status"], "needs_second_factor");
    let reply = browser
        .verify(&session, "/attempt_second_factor", &second)
        .await;
    assert_eq!(reply.ok()["status"], "complete");
    let shown = &reply.client()["sessions"][0];
    assert_eq!(shown["factor_verification_age"], json!([0, 0]));
}

#[tokio::test]
async fn the_setting_turns_it_off() {
    let world = World::with(|config| config.settings.factors.reverification = false).await;
    let mut browser = world.signed_up(ADA).await;
    world.time.advance(SignedDuration::from_hours(30));
    browser.set_up_totp().await.ok();
    let reply = browser.get("/v1/environment").await;
    assert_eq!(reply.body["auth_config"]["reverification"], false);
}

#[tokio::test]
async fn a_proof_is_of_one_session() {
    let world = World::new().await;
    let mut browser = world.signed_up(ADA).await;
    let mut elsewhere = world.browser();
    elsewhere.sign_in(ADA).await.ok();
    world.time.advance(SignedDuration::from_mins(30));
    let (own, other) = (browser.session_id().await, elsewhere.session_id().await);
    let right = [("strategy", "password"), ("password", PASSWORD)];
    // Another browser's session cannot be proven from here, not even by the same user.
    for step in ["", "/prepare_first_factor", "/attempt_first_factor"] {
        let form = [
            ("level", "first_factor"),
            ("strategy", "email_code"),
            ("code", "1"),
        ];
        browser
            .verify(&other, step, &form)
            .await
            .refused(401, "authentication_invalid");
    }
    browser
        .verify(
            &other,
            "/attempt_second_factor",
            &[("strategy", "totp"), ("code", "1")],
        )
        .await
        .refused(401, "authentication_invalid");
    // What one session proves is nothing to another.
    browser
        .verify(&own, "", &[("level", "first_factor")])
        .await
        .ok();
    browser
        .verify(&own, "/attempt_first_factor", &right)
        .await
        .ok();
    elsewhere
        .set_up_totp()
        .await
        .refused(403, "session_reverification_required");
    // Nothing was asked for: nothing is answered.
    elsewhere
        .verify(&other, "/attempt_first_factor", &right)
        .await
        .refused(400, "session_reverification_cannot_be_updated");
    // An answer counts once.
    browser
        .verify(&own, "/attempt_first_factor", &right)
        .await
        .refused(400, "session_reverification_cannot_be_updated");
    for level in ["", "none"] {
        let reply = browser.verify(&own, "", &[("level", level)]).await;
        assert_eq!(reply.status, 422, "{level}");
    }
}

#[tokio::test]
async fn guessing_in_a_session_locks_the_account() {
    let world = World::with(|config| config.lockout.max_attempts = 3).await;
    let mut browser = world.signed_up(ADA).await;
    let session = browser.session_id().await;
    browser
        .verify(&session, "", &[("level", "first_factor")])
        .await
        .ok();
    for guess in ["wrong horse one", "wrong horse two", "wrong horse three"] {
        let form = [("strategy", "password"), ("password", guess)];
        browser
            .verify(&session, "/attempt_first_factor", &form)
            .await
            .refused(422, "form_password_incorrect");
    }
    let right = [("strategy", "password"), ("password", PASSWORD)];
    browser
        .verify(&session, "/attempt_first_factor", &right)
        .await
        .refused(403, "user_locked");
}

#[tokio::test]
async fn how_long_a_factor_counts_is_a_setting() {
    let world = World::new().await;
    let mut browser = world.signed_up(ADA).await;
    let window = json!({ "reverification_after_seconds": 30 });
    world.idp.change_settings("factors", &window).await.unwrap();
    world.time.advance(SignedDuration::from_secs(29));
    browser.set_up_totp().await.ok();
    world.time.advance(SignedDuration::from_secs(1));
    let refused = browser.set_up_totp().await;
    refused.refused(403, "session_reverification_required");
    let never = json!({ "reverification_after_seconds": 0 });
    assert!(world.idp.change_settings("factors", &never).await.is_err());
}
