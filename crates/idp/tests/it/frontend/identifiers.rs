//! Phone numbers and usernames to sign up and in with, and the rules of passwords.

use bailiwick_idp::IdpConfig;

use super::world::{Browser, PASSWORD, Reply, World};

const ADA: &str = "ada@northwind.example";
const NUMBER: &str = "+31612345678";

async fn prepare(browser: &mut Browser, id: &str, strategy: &str) -> Reply {
    let path = format!("/v1/client/sign_ups/{id}/prepare_verification");
    browser.post(&path, &[("strategy", strategy)]).await
}

async fn attempt(browser: &mut Browser, id: &str, strategy: &str, code: &str) -> Reply {
    let path = format!("/v1/client/sign_ups/{id}/attempt_verification");
    let form = [("strategy", strategy), ("code", code)];
    browser.post(&path, &form).await
}

/// Signs up with an address and a number.
async fn sign_up(world: &World) -> Browser {
    let mut browser = world.browser();
    let form = [
        ("email_address", ADA),
        ("password", PASSWORD),
        ("phone_number", "+31 6 1234 5678"),
    ];
    let reply = browser.post("/v1/client/sign_ups", &form).await;
    let id = reply.ok()["id"].as_str().unwrap().to_owned();
    let unverified = &reply.ok()["unverified_fields"];
    assert_eq!(
        *unverified,
        serde_json::json!(["email_address", "phone_number"])
    );
    prepare(&mut browser, &id, "email_code").await.ok();
    let code = world.code(ADA);
    // A code by mail is none by text message.
    attempt(&mut browser, &id, "phone_code", &code)
        .await
        .refused(400, "verification_missing");
    let reply = attempt(&mut browser, &id, "email_code", &code).await;
    assert_eq!(reply.ok()["status"], "missing_requirements");
    let reply = prepare(&mut browser, &id, "phone_code").await;
    let verification = &reply.ok()["verifications"]["phone_number"];
    assert_eq!(verification["next_action"], "needs_attempt");
    let reply = attempt(&mut browser, &id, "phone_code", &world.sms_code(NUMBER)).await;
    assert_eq!(reply.ok()["status"], "complete");
    browser
}

#[tokio::test]
async fn a_number_given_at_sign_up_is_proven_and_signs_in() {
    let world = World::new().await;
    let mut browser = sign_up(&world).await;
    let user = browser.session().await["user"].clone();
    assert_eq!(user["phone_numbers"][0]["phone_number"], NUMBER);
    assert_eq!(
        user["primary_phone_number_id"],
        user["phone_numbers"][0]["id"]
    );

    let mut browser = world.browser();
    let sign_in = browser.begin_sign_in(NUMBER).await;
    let id = sign_in["id"].as_str().unwrap();
    let path = format!("/v1/client/sign_ins/{id}/prepare_first_factor");
    let number_id = user["phone_numbers"][0]["id"].as_str().unwrap();
    let form = [("strategy", "phone_code"), ("phone_number_id", number_id)];
    let reply = browser.post(&path, &form).await;
    assert_eq!(
        reply.ok()["first_factor_verification"]["strategy"],
        "phone_code"
    );
    let code = world.sms_code(NUMBER);
    let reply = browser.attempt_sign_in(id, "phone_code", &code).await;
    assert_eq!(reply.ok()["status"], "complete");
    assert_eq!(reply.client()["last_authentication_strategy"], "phone_code");
    // Once.
    let mut other = world.browser();
    let id = other.begin_sign_in(NUMBER).await["id"].clone();
    let id = id.as_str().unwrap();
    other
        .attempt_sign_in(id, "phone_code", &code)
        .await
        .refused(400, "verification_missing");
}

#[tokio::test]
async fn a_forgotten_password_is_replaced_by_way_of_a_phone() {
    let world = World::new().await;
    sign_up(&world).await;
    let mut browser = world.browser();
    let form = [
        ("identifier", NUMBER),
        ("strategy", "reset_password_phone_code"),
    ];
    let reply = browser.post("/v1/client/sign_ins", &form).await;
    let id = reply.ok()["id"].as_str().unwrap().to_owned();
    let code = world.sms_code(NUMBER);
    let reply = browser
        .attempt_sign_in(&id, "reset_password_phone_code", &code)
        .await;
    assert_eq!(reply.ok()["status"], "needs_new_password");
    let path = format!("/v1/client/sign_ins/{id}/reset_password");
    let reply = browser.post(&path, &[("password", "a new password")]).await;
    assert_eq!(reply.ok()["status"], "complete");
}

#[tokio::test]
async fn numbers_of_others_and_reserved_ones_sign_nobody_in() {
    let world = World::new().await;
    let mut ada = sign_up(&world).await;
    let eve = world.signed_up("eve@x.example").await;
    drop(eve);
    let number = ada.session().await["user"]["phone_numbers"][0]["id"].clone();
    let number = number.as_str().unwrap();
    let mut browser = world.browser();
    let id = browser.begin_sign_in("eve@x.example").await["id"].clone();
    let path = format!(
        "/v1/client/sign_ins/{}/prepare_first_factor",
        id.as_str().unwrap()
    );
    let form = [("strategy", "phone_code"), ("phone_number_id", number)];
    browser
        .post(&path, &form)
        .await
        .refused_param(404, "resource_not_found", "phone_number_id");

    let path = format!("/v1/me/phone_numbers/{number}");
    ada.call_own("PATCH", &path, &[("reserved_for_second_factor", "true")])
        .await
        .ok();
    let form = [("identifier", NUMBER)];
    browser
        .post("/v1/client/sign_ins", &form)
        .await
        .refused(422, "form_identifier_not_found");
    // The same number may be somebody's to sign up with now.
    let form = [("phone_number", NUMBER)];
    let reply = browser.post("/v1/client/sign_ups", &form).await;
    assert_eq!(reply.ok()["phone_number"], NUMBER);
}

fn with_usernames(config: &mut IdpConfig) {
    let rules = &mut config.settings.identification;
    rules.username.enabled = true;
    rules.username.required = true;
    rules.email_address.required = false;
    rules.phone_number.enabled = false;
    rules.password.require_numbers = true;
}

#[tokio::test]
async fn a_username_is_enough_where_it_is_enabled() {
    let world = World::with(with_usernames).await;
    let mut browser = world.browser();
    for (name, code) in [
        ("ada", "form_username_invalid_length"),
        ("ada byron", "form_username_invalid_character"),
        ("ada@x.example", "form_username_invalid_character"),
    ] {
        browser
            .post("/v1/client/sign_ups", &[("username", name)])
            .await
            .refused_param(422, code, "username");
    }
    let form = [("username", "Ada_B"), ("password", PASSWORD)];
    browser
        .post("/v1/client/sign_ups", &form)
        .await
        .refused_param(422, "form_password_no_number", "password");
    let form = [("username", "Ada_B"), ("password", "correct horse 1")];
    let reply = browser.post("/v1/client/sign_ups", &form).await;
    assert_eq!(reply.ok()["status"], "complete", "{}", reply.body);

    let mut browser = world.browser();
    browser
        .post("/v1/client/sign_ups", &[("username", "ada_b")])
        .await
        .refused_param(422, "form_identifier_exists", "username");
    let id = browser.begin_sign_in("ADA_B").await["id"].clone();
    let reply = browser
        .attempt_sign_in(id.as_str().unwrap(), "password", "correct horse 1")
        .await;
    assert_eq!(reply.ok()["status"], "complete");
    let form = [("username", "Lovelace")];
    let reply = browser.call_own("PATCH", "/v1/me", &form).await;
    assert_eq!(reply.ok()["username"], "Lovelace");
    browser
        .call_own("PATCH", "/v1/me", &[("username", "")])
        .await
        .refused_param(422, "form_param_missing", "username");
}

#[tokio::test]
async fn the_environment_shows_what_is_on() {
    let world = World::new().await;
    let body = world.browser().get("/v1/environment").await.body;
    let attributes = &body["user_settings"]["attributes"];
    let email = &attributes["email_address"];
    assert_eq!(
        email["first_factors"],
        serde_json::json!(["email_code", "email_link"])
    );
    // The first one of these decides how the components prove a new address.
    assert_eq!(email["verifications"], serde_json::json!(["email_code"]));
    assert_eq!(attributes["phone_number"]["enabled"], true);
    assert_eq!(attributes["phone_number"]["required"], false);
    assert_eq!(attributes["username"]["enabled"], false);

    let world = World::with(with_usernames).await;
    let body = world.browser().get("/v1/environment").await.body;
    let attributes = &body["user_settings"]["attributes"];
    assert_eq!(attributes["username"]["required"], true);
    assert_eq!(attributes["phone_number"]["enabled"], false);
    assert_eq!(
        body["user_settings"]["password_settings"]["require_numbers"],
        true
    );
    assert_eq!(body["auth_config"]["username"], "required");
}

#[tokio::test]
async fn what_is_off_is_refused() {
    let world = World::with(|config| {
        let rules = &mut config.settings.identification;
        rules.phone_number.enabled = false;
        rules.email_address.link_sign_in = false;
    })
    .await;
    world.signed_up(ADA).await;
    let mut browser = world.browser();
    for strategy in ["phone_code", "email_link", "reset_password_phone_code"] {
        let form = [("identifier", ADA), ("strategy", strategy)];
        browser
            .post("/v1/client/sign_ins", &form)
            .await
            .refused_param(422, "form_param_value_invalid", "strategy");
    }
    for name in ["phone_number", "username"] {
        browser
            .post("/v1/client/sign_ups", &[(name, NUMBER)])
            .await
            .refused_param(422, "form_param_unknown", name);
    }
}
