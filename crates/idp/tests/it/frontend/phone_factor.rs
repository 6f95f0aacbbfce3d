//! A code to a phone as second factor.

use http::Method;
use jiff::SignedDuration;
use serde_json::json;

use super::world::{Browser, World};

const ADA: &str = "ada@northwind.example";
const NUMBER: &str = "+12015550101";

impl Browser {
    /// Adds a number, proves it and keeps it for second factors; its id.
    async fn keep_phone(&mut self, world: &World, number: &str) -> String {
        let form = [("phone_number", number)];
        let reply = self.post_own("/v1/me/phone_numbers/", &form).await;
        let id = reply.ok()["id"].as_str().unwrap().to_owned();
        let path = format!("/v1/me/phone_numbers/{id}");
        let form = [("strategy", "phone_code")];
        self.post_own(&format!("{path}/prepare_verification"), &form)
            .await
            .ok();
        let code = world.sms_code(number);
        let form = [("code", code.as_str())];
        self.post_own(&format!("{path}/attempt_verification"), &form)
            .await
            .ok();
        let form = [("reserved_for_second_factor", "true")];
        let reply = self.call_own("PATCH", &path, &form).await;
        assert_eq!(reply.ok()["reserved_for_second_factor"], true);
        id
    }

    async fn prepare_second(&mut self, id: &str, form: &[(&str, &str)]) -> super::world::Reply {
        let path = format!("/v1/client/sign_ins/{id}/prepare_second_factor");
        self.post(&path, form).await
    }
}

#[tokio::test]
async fn a_code_to_a_phone_is_a_second_factor() {
    let world = World::new().await;
    let mut owner = world.signed_up(ADA).await;
    let phone = owner.keep_phone(&world, NUMBER).await;
    let user = owner.session().await["user"].clone();
    assert_eq!(
        (&user["two_factor_enabled"], &user["totp_enabled"]),
        (&json!(true), &json!(false))
    );
    assert!(user["mfa_enabled_at"].is_i64());

    let mut browser = world.browser();
    let id = browser.up_to_second_factor(ADA).await;
    let reply = browser.get(&format!("/v1/client/sign_ins/{id}")).await;
    assert_eq!(
        reply.ok()["supported_second_factors"],
        json!([{
            "strategy": "phone_code", "phone_number_id": phone,
            "safe_identifier": "+1******0101", "default": true,
        }])
    );
    // Nothing was sent: nothing is right.
    browser
        .attempt_second(&id, "phone_code", &world.sms_code(NUMBER))
        .await
        .refused(400, "verification_missing");
    let form = [
        ("strategy", "phone_code"),
        ("phone_number_id", phone.as_str()),
    ];
    let reply = browser.prepare_second(&id, &form).await;
    assert_eq!(
        reply.ok()["second_factor_verification"]["status"],
        "unverified"
    );
    let code = world.sms_code(NUMBER);
    let wrong = if code == "000000" { "000001" } else { "000000" };
    browser
        .attempt_second(&id, "phone_code", wrong)
        .await
        .refused(422, "form_code_incorrect");
    let reply = browser.attempt_second(&id, "phone_code", &code).await;
    assert_eq!(reply.ok()["status"], "complete", "{}", reply.body);
    assert_eq!(
        reply.client()["sessions"][0]["factor_verification_age"],
        json!([0, 0])
    );
    // A code is of one attempt.
    let mut again = world.browser();
    let id = again.up_to_second_factor(ADA).await;
    again
        .attempt_second(&id, "phone_code", &code)
        .await
        .refused(400, "verification_missing");
}

#[tokio::test]
async fn codes_go_to_numbers_of_the_account_only() {
    let world = World::new().await;
    let mut grace = world.signed_up("grace@northwind.example").await;
    let other = grace.keep_phone(&world, "+12015550102").await;
    let mut owner = world.signed_up(ADA).await;
    owner.keep_phone(&world, NUMBER).await;
    let mut browser = world.browser();
    let id = browser.up_to_second_factor(ADA).await;
    let form = [
        ("strategy", "phone_code"),
        ("phone_number_id", other.as_str()),
    ];
    browser.prepare_second(&id, &form).await.refused_param(
        404,
        "resource_not_found",
        "phone_number_id",
    );
    for strategy in ["totp", "backup_code", "email_code"] {
        browser
            .prepare_second(&id, &[("strategy", strategy)])
            .await
            .refused_param(422, "form_param_value_invalid", "strategy");
    }
    world
        .browser()
        .prepare_second(&id, &[("strategy", "phone_code")])
        .await
        .refused(404, "resource_not_found");
}

#[tokio::test]
async fn a_session_asks_for_it_again_too() {
    let world = World::new().await;
    let mut browser = world.signed_up(ADA).await;
    browser.keep_phone(&world, NUMBER).await;
    world.time.advance(SignedDuration::from_mins(10));
    let session = browser.session_id().await;
    let path = |step: &str| format!("/v1/client/sessions/{session}/verify{step}");
    browser
        .call_own("DELETE", "/v1/me", &[])
        .await
        .refused(403, "session_reverification_required");
    let reply = browser.post(&path(""), &[("level", "second_factor")]).await;
    assert_eq!(reply.ok()["status"], "needs_second_factor");
    let form = [("strategy", "phone_code")];
    browser
        .post(&path("/prepare_second_factor"), &form)
        .await
        .ok();
    let code = world.sms_code(NUMBER);
    let form = [("strategy", "phone_code"), ("code", code.as_str())];
    let reply = browser.post(&path("/attempt_second_factor"), &form).await;
    assert_eq!(reply.ok()["status"], "complete");
    browser.call_own("DELETE", "/v1/me", &[]).await.ok();
}

#[tokio::test]
async fn servers_take_it_away_and_leave_the_number() {
    let world = World::new().await;
    let mut browser = world.signed_up(ADA).await;
    browser.keep_phone(&world, NUMBER).await;
    let user = browser.session().await["user"]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let path = format!("/users/{user}/mfa");
    let (status, _) = world.server(Method::DELETE, &path, json!(null)).await;
    assert_eq!(status, 200);
    let user = browser.session().await["user"].clone();
    assert_eq!(user["two_factor_enabled"], false);
    assert_eq!(
        user["phone_numbers"][0]["reserved_for_second_factor"],
        false
    );
    let reply = world.browser().sign_in(ADA).await;
    assert_eq!(reply.ok()["status"], "complete");
}
