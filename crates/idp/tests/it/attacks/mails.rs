//! Mail that says what somebody else wants it to say, or goes where they want it to go.

use http::Method;
use serde_json::json;

use super::stage::{BOB, EVE, Stage};

/// What would add a line to the head of a mail, or end it, in every spelling of a line's end.
const BREAKS: [&str; 6] = ["\r\n", "\n", "\r", "\u{85}", "\u{2028}", "\u{b}"];

fn injected(line_end: &str) -> String {
    format!("Northwind{line_end}Bcc: {EVE}{line_end}{line_end}<script>alert(1)</script>")
}

#[tokio::test]
async fn no_text_of_anybody_adds_a_line_to_the_head_of_a_mail() {
    let mut stage = Stage::new().await;
    let organization = stage.id("organizations").to_owned();
    for (number, line_end) in BREAKS.into_iter().enumerate() {
        let text = injected(line_end);
        // As people do it.
        let own = format!("/v1/organizations/{organization}");
        stage.ada.call_own("PATCH", &own, &[("name", &text)]).await;
        stage
            .ada
            .call_own("PATCH", "/v1/me", &[("first_name", &text)])
            .await;
        stage
            .ada
            .post_own("/v1/organizations", &[("name", &text)])
            .await;
        // As servers do it, which may have it from people.
        let world = stage.world();
        let path = format!("/organizations/{organization}");
        world
            .server(Method::PATCH, &path, json!({ "name": text }))
            .await;
        let path = format!("/users/{}", stage.id("users"));
        let names = json!({ "first_name": text, "last_name": text });
        world.server(Method::PATCH, &path, names).await;
        let path = "/templates/email/invitation";
        let template = json!({
            "name": "Invitation",
            "subject": format!("Join{line_end}Bcc: {EVE}"),
            "body": "<p>{{app.name}} <a href=\"{{action_url}}\">Join</a></p>",
        });
        world.server(Method::PUT, path, template).await;
        // Then everything that sends mail.
        let guest = format!("guest{number}@northwind.example");
        let bad = format!("{guest}{line_end}Bcc: {EVE}");
        for address in [&guest, &bad] {
            let body = json!({ "email_address": address, "ignore_existing": true });
            stage
                .world()
                .server(Method::POST, "/invitations", body)
                .await;
            let form = [("email_address", address.as_str()), ("role", "org:member")];
            let path = format!("{own}/invitations");
            stage.ada.post_own(&path, &form).await;
            let mut browser = stage.world().browser();
            let form = [
                ("email_address", address.as_str()),
                ("password", "correct horse battery"),
            ];
            let reply = browser.post("/v1/client/sign_ups", &form).await;
            if let Some(id) = reply.body["response"]["id"].as_str() {
                let path = format!("/v1/client/sign_ups/{id}/prepare_verification");
                browser.post(&path, &[("strategy", "email_code")]).await;
            }
            let form = [("email_address", address.as_str())];
            browser.post("/v1/waitlist", &form).await;
            stage.ada.post_own("/v1/me/email_addresses", &form).await;
        }
    }
    let mails = stage.world().outbox.all();
    assert!(mails.len() > 3 * BREAKS.len(), "{}", mails.len());
    for mail in mails {
        let head = format!("{}{}", mail.to, mail.subject);
        let is_line_end = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
        assert!(!head.contains(is_line_end), "{head:?}");
        assert!(!mail.to.contains(EVE), "{}", mail.to);
        assert!(!mail.html.contains("<script>"), "{}", mail.html);
    }
}

#[tokio::test]
async fn a_code_goes_to_addresses_of_the_account_alone() {
    let stage = Stage::new().await;
    let eve_email = {
        let mut eve = stage.world().signed_up(EVE).await;
        eve.session().await["user"]["primary_email_address_id"].clone()
    };
    let before = stage.world().mails(EVE).len();
    let mut browser = stage.world().browser();
    let id = browser.begin_sign_in(BOB).await["id"].clone();
    let id = id.as_str().unwrap();
    let path = format!("/v1/client/sign_ins/{id}/prepare_first_factor");
    for strategy in ["email_code", "reset_password_email_code", "email_link"] {
        let form = [
            ("strategy", strategy),
            ("email_address_id", eve_email.as_str().unwrap()),
            ("email_address", EVE),
            ("redirect_url", "http://localhost:3000/"),
        ];
        let reply = browser.post(&path, &form).await;
        reply.refused(404, "resource_not_found");
    }
    assert_eq!(stage.world().mails(EVE).len(), before);
}

#[tokio::test]
async fn no_text_message_goes_to_a_country_that_is_blocked() {
    let stage = Stage::new().await;
    let world = stage.world();
    let mut grace = world.signed_up("grace@northwind.example").await;
    let jamaican = "+18765550123";
    // A number that was there before the country was blocked.
    let reply = grace
        .post_own("/v1/me/phone_numbers", &[("phone_number", jamaican)])
        .await;
    let id = reply.ok()["id"].as_str().unwrap().to_owned();
    let own = format!("/v1/me/phone_numbers/{id}");
    let code = [("strategy", "phone_code")];
    grace
        .post_own(&format!("{own}/prepare_verification"), &code)
        .await
        .ok();
    let right = world.sms_code(jamaican);
    let form = [("code", right.as_str())];
    grace
        .post_own(&format!("{own}/attempt_verification"), &form)
        .await
        .ok();
    let mut signing_in = world.browser();
    let sign_in = signing_in.begin_sign_in("grace@northwind.example").await["id"].clone();

    let blocked = json!({ "blocked_country_codes": ["JM"] });
    let (status, body) = world
        .server(Method::PATCH, "/instance/communication", blocked)
        .await;
    assert_eq!(status, 200, "{body}");
    let sent = world.mails(jamaican).len();
    // At its proof, to sign in, to sign up.
    let other = "+1 (876) 555-0124";
    let reply = grace
        .post_own("/v1/me/phone_numbers", &[("phone_number", other)])
        .await;
    if let Some(id) = reply.body["response"]["id"].as_str() {
        let path = format!("/v1/me/phone_numbers/{id}/prepare_verification");
        let reply = grace.post_own(&path, &code).await;
        reply.refused_param(422, "unsupported_country_code", "phone_number");
    }
    let path = format!(
        "/v1/client/sign_ins/{}/prepare_first_factor",
        sign_in.as_str().unwrap()
    );
    let reply = signing_in.post(&path, &code).await;
    reply.refused_param(422, "unsupported_country_code", "phone_number");
    let form = [("identifier", jamaican), ("strategy", "phone_code")];
    let reply = world.browser().post("/v1/client/sign_ins", &form).await;
    reply.refused_param(422, "unsupported_country_code", "phone_number");
    let mut new = world.browser();
    let form = [
        ("email_address", "new@northwind.example"),
        ("phone_number", other),
        ("password", "correct horse battery"),
    ];
    let reply = new.post("/v1/client/sign_ups", &form).await;
    if let Some(id) = reply.body["response"]["id"].as_str() {
        let path = format!("/v1/client/sign_ups/{id}/prepare_verification");
        let reply = new.post(&path, &code).await;
        reply.refused_param(422, "unsupported_country_code", "phone_number");
    }
    assert_eq!(world.mails(jamaican).len(), sent);
    assert_eq!(world.mails("+18765550124").len(), 0);
    // Its neighbours are not meant: Ada has a number with the same code of country.
    let mut ada = stage.ada.clone();
    let path = stage.own("/v1/me/phone_numbers/{id}/prepare_verification");
    ada.post(&path, &code).await.ok();
}
