//! What has been used, guessed at, or planted before.

use jiff::SignedDuration;

use super::stage::{ADA, BOB, NUMBER, SECOND, Stage};
use crate::frontend::authenticator::Authenticator;
use crate::frontend::social::world::{PAGE, depart};
use crate::frontend::world::{Browser, PASSWORD, Reply, World};

type Form = Vec<(&'static str, &'static str)>;

/// A code that can be asked for: how, and where it is answered and sent.
struct Asked {
    ask: (String, Form),
    answer: (String, Form),
    to: &'static str,
}

/// Every code that goes to somebody, in Ada's browser.
fn all(stage: &Stage) -> Vec<Asked> {
    let asked = |base: &str, ask: &str, answer: &str, form: &Form, to| Asked {
        ask: (stage.own(&format!("{base}{ask}")), form.clone()),
        answer: (stage.own(&format!("{base}{answer}")), form.clone()),
        to,
    };
    let (ask, answer) = ("/prepare_verification", "/attempt_verification");
    let (first, given) = ("/prepare_first_factor", "/attempt_first_factor");
    let sign_in = "/v1/client/sign_ins/{id}";
    let session = "/v1/client/sessions/{id}/verify";
    let by = |strategy| vec![("strategy", strategy)];
    let domain = "/v1/organizations/{id}/domains/{id}";
    let of_domain = vec![("affiliation_email_address", ADA)];
    vec![
        asked(
            "/v1/me/email_addresses/{id}",
            ask,
            answer,
            &by("email_code"),
            SECOND,
        ),
        asked(
            "/v1/me/phone_numbers/{id}",
            ask,
            answer,
            &by("phone_code"),
            NUMBER,
        ),
        asked(
            "/v1/client/sign_ups/{id}",
            ask,
            answer,
            &by("email_code"),
            "third@northwind.example",
        ),
        asked(session, first, given, &by("email_code"), ADA),
        asked(
            domain,
            "/prepare_affiliation_verification",
            "/attempt_affiliation_verification",
            &of_domain,
            ADA,
        ),
        asked(sign_in, first, given, &by("reset_password_email_code"), BOB),
    ]
}

fn code(world: &World, to: &str) -> String {
    if to.starts_with('+') {
        return world.sms_code(to);
    }
    world.code(to)
}

async fn answer(browser: &mut Browser, asked: &Asked, code: &str) -> Reply {
    let (path, form) = &asked.answer;
    let mut form: Vec<(&str, &str)> = form.clone();
    form.retain(|(name, _)| *name != "affiliation_email_address");
    form.push(("code", code));
    browser.post(path, &form).await
}

#[tokio::test]
async fn a_code_takes_five_answers_and_is_good_once() {
    let mut stage = Stage::with(|config| config.lockout.max_attempts = 1_000).await;
    let sign_up = stage.path("/v1/client/sign_ups/{id}");
    let third = [("email_address", "third@northwind.example")];
    stage.ada.call("PATCH", &sign_up, &third).await.ok();
    let verify = stage.path("/v1/client/sessions/{id}/verify");
    let level = [("level", "first_factor")];
    stage.ada.post(&verify, &level).await.ok();
    let mut ada = stage.ada.clone();
    for asked in all(&stage) {
        let (path, form) = &asked.ask;
        ada.post(path, form).await.ok();
        let right = code(stage.world(), asked.to);
        let wrong = format!("{:06}", (right.parse::<u32>().unwrap() + 1) % 1_000_000);
        for _ in 0..5 {
            let reply = answer(&mut ada, &asked, &wrong).await;
            reply.refused(422, "form_code_incorrect");
        }
        // Neither the right one nor any other is looked at now.
        let before = stage.everything().await;
        for code in [&right, &wrong] {
            let reply = answer(&mut ada, &asked, code).await;
            reply.refused(400, "verification_failed");
        }
        assert_eq!(stage.everything().await, before, "{path}");
        // A new one is good, once; the old one is not.
        stage.social.time.advance(SignedDuration::from_secs(1));
        ada.post(path, form).await.ok();
        let new = code(stage.world(), asked.to);
        if new != right {
            let reply = answer(&mut ada, &asked, &right).await;
            reply.refused(422, "form_code_incorrect");
        }
        answer(&mut ada, &asked, &new).await.ok();
        let before = stage.everything().await;
        let reply = answer(&mut ada, &asked, &new).await;
        assert!(reply.status.is_client_error(), "{path}: {}", reply.text);
        assert_eq!(stage.everything().await, before, "{path}");
    }
}

/// A way in, up to its last step.
struct Door {
    name: &'static str,
    browser: Browser,
    path: String,
    form: Vec<(&'static str, String)>,
}

async fn doors(world: &World, totp: &Authenticator, grace: &str, ticket: &str) -> Vec<Door> {
    let mut doors = Vec::new();
    let mut add = |name, browser: &Browser, path: String, form: &[(&'static str, &str)]| {
        doors.push(Door {
            name,
            browser: browser.clone(),
            path,
            form: form
                .iter()
                .map(|(name, value)| (*name, (*value).to_owned()))
                .collect(),
        });
    };
    let first = |id: &serde_json::Value| {
        format!(
            "/v1/client/sign_ins/{}/attempt_first_factor",
            id.as_str().unwrap()
        )
    };
    let mut browser = world.browser();
    let id = browser.begin_sign_in(BOB).await["id"].clone();
    add(
        "password",
        &browser,
        first(&id),
        &[("strategy", "password"), ("password", PASSWORD)],
    );

    let mut browser = world.browser();
    let form = [("identifier", BOB), ("strategy", "email_code")];
    let id = browser.post("/v1/client/sign_ins", &form).await.ok()["id"].clone();
    let code = world.code(BOB);
    add(
        "email code",
        &browser,
        first(&id),
        &[("strategy", "email_code"), ("code", &code)],
    );

    let mut browser = world.browser();
    let form = [
        ("identifier", BOB),
        ("strategy", "email_link"),
        ("redirect_url", PAGE),
    ];
    browser.post("/v1/client/sign_ins", &form).await.ok();
    add("email link", &browser, world.link(BOB), &[]);

    let mut browser = world.browser();
    let id = browser.up_to_second_factor(grace).await;
    let path = format!("/v1/client/sign_ins/{id}/attempt_second_factor");
    let code = totp.code(world, 0);
    add(
        "second factor",
        &browser,
        path,
        &[("strategy", "totp"), ("code", &code)],
    );

    let mut browser = world.browser();
    browser.begin_sign_in(BOB).await;
    let path = "/v1/client/sign_ins".to_owned();
    add(
        "ticket",
        &browser,
        path,
        &[("strategy", "ticket"), ("ticket", ticket)],
    );

    let mut browser = world.browser();
    let id = browser.begin_sign_up("new@northwind.example").await;
    let path = format!("/v1/client/sign_ups/{id}/attempt_verification");
    let code = world.code("new@northwind.example");
    add(
        "sign-up",
        &browser,
        path,
        &[("strategy", "email_code"), ("code", &code)],
    );
    doors
}

#[tokio::test]
async fn a_planted_cookie_is_worth_nothing_behind_any_door() {
    const GRACE: &str = "grace@northwind.example";
    let stage = Stage::new().await;
    let world = stage.world();
    let mut grace = world.signed_up(GRACE).await;
    let (totp, _) = grace.enrol(world).await;
    let body = serde_json::json!({ "user_id": stage.id("users") });
    let (_, token) = world
        .server(http::Method::POST, "/sign_in_tokens", body)
        .await;
    let ticket = token["token"].as_str().unwrap().to_owned();
    for door in doors(world, &totp, GRACE, &ticket).await {
        let mut attacker = door.browser.clone();
        let mut victim = door.browser;
        let planted = attacker.secret().unwrap().to_owned();
        let form: Vec<_> = door
            .form
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        let reply = match form.is_empty() {
            true => victim.get(&door.path).await,
            false => victim.post(&door.path, &form).await,
        };
        assert!(
            !reply.status.is_client_error(),
            "{}: {}",
            door.name,
            reply.text
        );
        let session = victim.session_id().await;
        assert_ne!(victim.secret().unwrap(), planted, "{}", door.name);
        assert!(
            attacker.get("/v1/client").await.ok().is_null(),
            "{}",
            door.name
        );
        let path = format!("/v1/client/sessions/{session}/tokens");
        attacker.post(&path, &[]).await.refused(401, "signed_out");
        // Nor is the last step good twice, for either of them.
        let before = stage.everything().await;
        for browser in [&mut attacker, &mut victim] {
            let reply = match form.is_empty() {
                true => browser.get(&door.path).await,
                false => browser.post(&door.path, &form).await,
            };
            assert_ne!(reply.status, 200, "{}: {}", door.name, reply.text);
        }
        assert_eq!(stage.everything().await, before, "{}", door.name);
    }
}

#[tokio::test]
async fn a_way_to_a_provider_is_the_browsers_own_and_good_once() {
    let stage = Stage::new().await;
    let mut browser = stage.world().browser();
    let (_, url) = depart(&mut browser, "sign_ins", "oauth_google").await;
    let ada = crate::frontend::social::world::person("Ada Lovelace", ADA);
    let path = stage.social.answer(&url, &ada).await;
    let mut attacker = browser.clone();
    assert_eq!(browser.get(&path).await.status, 303);
    let signed_in = browser.session_id().await;
    let before = stage.everything().await;
    for mut other in [attacker.clone(), browser.clone(), stage.world().browser()] {
        let reply = other.get(&path).await;
        let is_owner = other.secret() == browser.secret();
        match is_owner {
            true => reply.refused(400, "oauth_state_invalid"),
            false => reply.refused(403, "oauth_state_mismatch"),
        };
    }
    assert_eq!(stage.everything().await, before);
    assert!(attacker.get("/v1/client").await.ok().is_null());
    assert_eq!(browser.session_id().await, signed_in);
}
