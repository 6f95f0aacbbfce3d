//! Where it is kept secret who has an account, strangers and users are answered alike.

use serde_json::Value;

use super::world::{Browser, PASSWORD, Reply, World};

const ADA: &str = "ada@northwind.example";
const NOBODY: &str = "nobody@northwind.example";
const STRATEGIES: [&str; 3] = ["email_code", "email_link", "reset_password_email_code"];

async fn secretive() -> World {
    let world = World::with(|config| {
        config.settings.identification.enumeration_protection = true;
        config.lockout.max_attempts = 3;
    })
    .await;
    world.signed_up(ADA).await;
    world
}

/// An answer without what is new in every answer.
fn plain(reply: &Reply, identifier: &str) -> String {
    let mut body = reply.body.clone();
    for of in ["response", "client"] {
        scrub(&mut body[of]);
    }
    body["clerk_trace_id"] = Value::Null;
    format!("{} {body}", reply.status).replace(identifier, "IDENTIFIER")
}

fn scrub(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                if name == "id" || name.ends_with("_id") {
                    assert!(value.is_null() || value.as_str().is_some_and(|id| id.len() > 25));
                    *value = "ID".into();
                } else {
                    scrub(value);
                }
            }
        }
        Value::Array(values) => values.iter_mut().for_each(scrub),
        _ => {}
    }
}

async fn both<'a, F>(world: &World, mut act: impl FnMut(Browser, &'a str) -> F) -> [String; 2]
where
    F: Future<Output = Reply>,
{
    let known = act(world.browser(), ADA).await;
    let unknown = act(world.browser(), NOBODY).await;
    [plain(&known, ADA), plain(&unknown, NOBODY)]
}

#[tokio::test]
async fn a_stranger_begins_like_a_user() {
    let world = secretive().await;
    let [known, unknown] = both(&world, |mut browser, identifier| async move {
        let form = [("identifier", identifier)];
        browser.post("/v1/client/sign_ins", &form).await
    })
    .await;
    assert_eq!(known, unknown);
    assert!(known.contains("needs_first_factor") && known.contains("\"user_data\":null"));
}

#[tokio::test]
async fn codes_are_promised_to_strangers_and_sent_to_users() {
    let world = secretive().await;
    let before = world.mails(ADA).len();
    for strategy in STRATEGIES {
        let [known, unknown] = both(&world, |mut browser, identifier| async move {
            let sign_in = browser.begin_sign_in(identifier).await;
            let factors = sign_in["supported_first_factors"].as_array().unwrap();
            let factor = factors.iter().find(|one| one["strategy"] == strategy);
            let target = factor.unwrap()["email_address_id"].as_str().unwrap();
            let id = sign_in["id"].as_str().unwrap();
            let path = format!("/v1/client/sign_ins/{id}/prepare_first_factor");
            let form = [
                ("strategy", strategy),
                ("email_address_id", target),
                ("redirect_url", "http://localhost:3000/"),
            ];
            browser.post(&path, &form).await
        })
        .await;
        assert_eq!(known, unknown, "{strategy}");
        assert!(known.starts_with("200"), "{known}");
    }
    assert_eq!(world.mails(ADA).len(), before + STRATEGIES.len());
    assert!(world.mails(NOBODY).is_empty());
}

#[tokio::test]
async fn wrong_answers_of_strangers_and_users_are_the_same_and_cost_the_same() {
    let world = secretive().await;
    for _ in 0..5 {
        let mut costs = Vec::new();
        let mut texts = Vec::new();
        for identifier in [ADA, NOBODY] {
            let runs = world.idp.passwords().runs();
            let form = [("identifier", identifier), ("password", "wrong password")];
            let reply = world.browser().post("/v1/client/sign_ins", &form).await;
            reply.refused(422, "form_password_incorrect");
            costs.push(world.idp.passwords().runs() - runs);
            texts.push(plain(&reply, identifier));
        }
        // The last two rounds find the account locked; nobody can tell.
        assert_eq!(texts[0], texts[1]);
        assert_eq!(costs, [1, 1]);
    }
    let [known, unknown] = both(&world, |mut browser, identifier| async move {
        let id = browser.begin_sign_in(identifier).await["id"].clone();
        browser
            .attempt_sign_in(id.as_str().unwrap(), "password", PASSWORD)
            .await
    })
    .await;
    assert_eq!(known, unknown);
}

#[tokio::test]
async fn the_right_person_gets_in() {
    let world = secretive().await;
    let mut browser = world.browser();
    let form = [("identifier", ADA), ("strategy", "email_code")];
    let reply = browser.post("/v1/client/sign_ins", &form).await;
    let id = reply.ok()["id"].as_str().unwrap().to_owned();
    let code = world.code(ADA);
    let reply = browser.attempt_sign_in(&id, "email_code", &code).await;
    assert_eq!(reply.ok()["status"], "complete");
    assert_eq!(
        world.browser().sign_in(ADA).await.ok()["status"],
        "complete"
    );
}

#[tokio::test]
async fn a_code_that_nobody_was_sent_is_never_right() {
    let world = World::with(|config| {
        config.settings.identification.enumeration_protection = true;
        config.test_codes = true;
    })
    .await;
    let mut browser = world.browser();
    let form = [
        ("identifier", "nobody+clerk_test@x.example"),
        ("strategy", "email_code"),
    ];
    let reply = browser.post("/v1/client/sign_ins", &form).await;
    let id = reply.ok()["id"].as_str().unwrap().to_owned();
    browser
        .attempt_sign_in(&id, "email_code", "424242")
        .await
        .refused(422, "form_code_incorrect");
}

#[tokio::test]
async fn who_signs_up_with_an_address_of_somebody_else_learns_nothing() {
    let world = secretive().await;
    let [known, unknown] = both(&world, |mut browser, identifier| async move {
        let form = [("email_address", identifier), ("password", PASSWORD)];
        let reply = browser.post("/v1/client/sign_ups", &form).await;
        let id = reply.ok()["id"].as_str().unwrap().to_owned();
        let path = format!("/v1/client/sign_ups/{id}/prepare_verification");
        browser.post(&path, &[("strategy", "email_code")]).await
    })
    .await;
    assert_eq!(known, unknown);
    // The owner of the mailbox is told.
    let mut browser = world.browser();
    let id = browser.begin_sign_up(ADA).await;
    let code = world.code(ADA);
    browser.attempt_sign_up(&id, &code).await.refused_param(
        422,
        "form_identifier_exists",
        "email_address",
    );
}
