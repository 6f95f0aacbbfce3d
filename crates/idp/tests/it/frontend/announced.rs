//! What is said of messages to people: `email.created` and `sms.created`.

use bailiwick_idp::webhooks::Reach;
use bailiwick_idp::webhooks::manage::{self, EndpointInput};
use serde_json::{Value, json};

use super::world::{Browser, World};

const ADA: &str = "ada@northwind.example";
const NOBODY: &str = "nobody@northwind.example";
const NUMBER: &str = "+31612345678";

/// An endpoint that asks for these types; for all of them where none is named.
async fn endpoint(world: &World, events: &[&str]) {
    let input = EndpointInput {
        url: "http://127.0.0.1:9/".to_owned(),
        description: String::new(),
        events: events.iter().map(|event| (*event).to_owned()).collect(),
    };
    let mut tx = world.pool.begin().await.unwrap();
    manage::create(&mut tx, &world.time.env, Reach::Loopback, &input)
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

/// What was said of messages, in order.
async fn announced(world: &World) -> Vec<Value> {
    let said = world.said().await.into_iter();
    let of_messages = |event: &str| matches!(event, "email.created" | "sms.created");
    said.filter(|(event, _)| of_messages(event))
        .map(|(_, data)| data)
        .collect()
}

/// Asks for a message that signs somebody in; the id of the address that it goes to.
async fn ask(browser: &mut Browser, address: &str, strategy: &str) -> String {
    let sign_in = browser.begin_sign_in(address).await;
    let factors = sign_in["supported_first_factors"].as_array().unwrap();
    let factor = factors.iter().find(|one| one["strategy"] == strategy);
    let target = factor.unwrap()["email_address_id"].as_str().unwrap();
    let id = sign_in["id"].as_str().unwrap();
    let form = [
        ("strategy", strategy),
        ("email_address_id", target),
        ("redirect_url", "http://localhost:3000/"),
    ];
    let path = format!("/v1/client/sign_ins/{id}/prepare_first_factor");
    browser.post(&path, &form).await.ok();
    target.to_owned()
}

async fn secretive() -> World {
    World::with(|config| config.settings.identification.enumeration_protection = true).await
}

#[tokio::test]
async fn who_asks_by_name_is_told_of_every_mail() {
    let world = World::new().await;
    endpoint(&world, &["email.created"]).await;
    let mut ada = world.signed_up(ADA).await;
    let code = world.code(ADA);
    let user = ada.session().await["user"].clone();
    let own = ask(&mut world.browser(), ADA, "email_link").await;
    let mails = world.mails(ADA);
    let said = announced(&world).await;
    let [sign_up, link] = &said[..] else {
        panic!("{said:?}");
    };
    // Whose address it is comes out by the code alone.
    assert_eq!(
        (&sign_up["user_id"], &sign_up["email_address_id"]),
        (&json!(null), &json!(null))
    );
    assert_eq!(sign_up["slug"], "verification_code");
    assert_eq!(sign_up["to_email_address"], ADA);
    assert_eq!(sign_up["data"]["otp_code"], json!(code));
    assert_eq!(sign_up["data"]["app"]["domain_name"], "localhost");
    assert_eq!(sign_up["subject"], json!(mails[0].subject));
    assert_eq!(sign_up["body"], json!(mails[0].html));
    assert_eq!(sign_up["body_plain"], json!(mails[0].text));
    assert_eq!(sign_up["delivered_by_clerk"], true);

    assert_eq!(link["slug"], "magic_link_sign_in");
    assert_eq!(
        (&link["user_id"], &link["email_address_id"]),
        (&user["id"], &json!(own))
    );
    let url = link["data"]["magic_link"].as_str().unwrap();
    assert!(url.ends_with(&world.link(ADA)), "{url}");
}

#[tokio::test]
async fn who_asks_by_name_is_told_of_every_text_message() {
    let world = World::new().await;
    endpoint(&world, &["sms.created"]).await;
    let mut ada = world.signed_up(ADA).await;
    let all = "/v1/me/phone_numbers";
    let form = [("phone_number", NUMBER)];
    let added = ada.post_own(all, &form).await;
    let id = added.ok()["id"].as_str().unwrap().to_owned();
    let path = format!("{all}/{id}/prepare_verification");
    ada.post_own(&path, &[("strategy", "phone_code")])
        .await
        .ok();
    let said = announced(&world).await;
    let [sms] = &said[..] else {
        panic!("{said:?}");
    };
    assert_eq!(sms["to_phone_number"], NUMBER);
    assert_eq!(sms["phone_number_id"], json!(id));
    assert_eq!(sms["user_id"], ada.session().await["user"]["id"]);
    assert_eq!(sms["data"]["otp_code"], json!(world.sms_code(NUMBER)));
    assert_eq!(sms["message"], json!(world.mails(NUMBER)[0].text));
}

#[tokio::test]
async fn an_invitation_says_who_invites_and_where_to() {
    let world = World::new().await;
    endpoint(&world, &["email.created"]).await;
    let mut ada = world.signed_up(ADA).await;
    let acme = ada.create_organization("Acme").await;
    let path = format!("/v1/organizations/{acme}/invitations");
    let form = [("email_address", NOBODY), ("role", "org:member")];
    ada.post_own(&path, &form).await.ok();
    let said = announced(&world).await;
    let mail = said.last().unwrap();
    assert_eq!(mail["slug"], "organization_invitation");
    assert_eq!(mail["to_email_address"], NOBODY);
    assert_eq!(mail["data"]["org"]["name"], "Acme");
    let url = mail["data"]["action_url"].as_str().unwrap();
    assert!(url.contains(&world.ticket(NOBODY)), "{url}");
}

#[tokio::test]
async fn no_code_is_kept_for_who_did_not_ask_for_it() {
    let world = World::new().await;
    endpoint(&world, &[]).await;
    endpoint(&world, &["sms.created"]).await;
    world.signed_up(ADA).await;
    assert!(!world.mails(ADA).is_empty());
    assert_eq!(announced(&world).await, Vec::<Value>::new());
    let code = world.code(ADA);
    let said = world.said().await;
    assert!(
        said.iter()
            .all(|(_, data)| !data.to_string().contains(&code))
    );
}

#[tokio::test]
async fn of_a_message_that_nobody_is_sent_nothing_is_said() {
    let world = secretive().await;
    endpoint(&world, &["email.created"]).await;
    world.signed_up(ADA).await;
    let before = announced(&world).await.len();
    ask(&mut world.browser(), NOBODY, "email_code").await;
    assert_eq!(announced(&world).await.len(), before);
    ask(&mut world.browser(), ADA, "email_code").await;
    assert_eq!(announced(&world).await.len(), before + 1);
}
