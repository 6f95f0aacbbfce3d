//! Somebody who was invited and signs up by another provider.

use bailiwick_idp::settings::SignUpMode;
use http::Method;
use serde_json::{Value, json};

use super::world::*;
use crate::frontend::world::Browser;

const ADA: &str = "ada@northwind.example";
const BOB: &str = "bob@northwind.example";

/// Ada's organization, and the ticket of the mail that invites Bob to it.
async fn invited(social: &Social) -> (String, String) {
    let mut ada = social.signed_up(ADA).await;
    let organization = ada.create_organization("Northwind").await;
    let path = format!("/v1/organizations/{organization}/invitations");
    let form = [("email_address", BOB), ("role", "org:member")];
    ada.post_own(&path, &form).await.ok();
    (organization, social.ticket(BOB))
}

/// Begins to sign up with a ticket by Google, and answers there; where the browser is led to.
async fn sign_up(
    social: &Social,
    browser: &mut Browser,
    ticket: &str,
    who: (&str, &str),
) -> String {
    let form = [
        ("strategy", "oauth_google"),
        ("ticket", ticket),
        ("redirect_url", PAGE),
        ("action_complete_redirect_url", DONE),
    ];
    let reply = browser.post("/v1/client/sign_ups", &form).await;
    let external = &reply.ok()["verifications"]["external_account"];
    let url = external["external_verification_redirect_url"]
        .as_str()
        .unwrap();
    let path = social
        .answer(&url.parse().unwrap(), &person(who.0, who.1))
        .await;
    location(&browser.get(&path).await).to_owned()
}

fn emails(user: &Value) -> Vec<&str> {
    let emails = user["email_addresses"].as_array().unwrap();
    emails
        .iter()
        .map(|one| one["email_address"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn who_was_invited_comes_by_a_provider_and_is_in_the_organization() {
    let social = Social::new().await;
    let (organization, ticket) = invited(&social).await;
    let mut bob = social.browser();
    assert_eq!(
        sign_up(&social, &mut bob, &ticket, ("Bob Stone", BOB)).await,
        DONE
    );
    let session = bob.session().await;
    assert_eq!(
        session["last_active_organization_id"],
        organization.as_str()
    );
    let user = &session["user"];
    assert_eq!(emails(user), [BOB]);
    assert_eq!(user["first_name"], "Bob");
    assert_eq!(user["external_accounts"][0]["provider"], "oauth_google");
    assert_eq!(user["organization_memberships"][0]["role"], "org:member");
    let said = social.said_types().await;
    let count = |event: &str| said.iter().filter(|said| *said == event).count();
    assert_eq!(count("organizationInvitation.accepted"), 1);
    assert_eq!(count("organizationMembership.created"), 2);
    // The ticket is spent, whoever comes with it by whatever provider.
    let form = [
        ("strategy", "oauth_github"),
        ("ticket", &ticket),
        ("redirect_url", PAGE),
    ];
    let mut eve = social.browser();
    let reply = eve.post("/v1/client/sign_ups", &form).await;
    reply.refused(400, "invitation_already_accepted");
}

#[tokio::test]
async fn the_invitation_is_for_its_address_and_the_account_for_its_own() {
    let social = Social::new().await;
    let (organization, ticket) = invited(&social).await;
    let mut bob = social.browser();
    // Bob's account at the provider has his private address: the invited one stays his here.
    let private = ("Bob Stone", "bob@home.example");
    assert_eq!(sign_up(&social, &mut bob, &ticket, private).await, DONE);
    let session = bob.session().await;
    assert_eq!(emails(&session["user"]), [BOB]);
    assert_eq!(
        session["last_active_organization_id"],
        organization.as_str()
    );
    let account = &session["user"]["external_accounts"][0];
    assert_eq!(account["email_address"], private.1);
    // It signs him in.
    let mut again = social.browser();
    let reply = social
        .sign_in(&mut again, "oauth_google", &person(private.0, private.1))
        .await;
    assert_eq!(location(&reply), DONE);
    assert_eq!(user_of(&mut again).await["id"], session["user"]["id"]);
}

#[tokio::test]
async fn somebody_known_to_the_instance_is_led_to_sign_in_and_the_ticket_stays_good() {
    let social = Social::new().await;
    let grace = person("Grace Hopper", "grace@northwind.example");
    let mut first = social.newcomer("oauth_google", &grace).await;
    let id = user_of(&mut first).await["id"].clone();
    let (_, ticket) = invited(&social).await;
    let mut browser = social.browser();
    let who = ("Grace Hopper", "grace@northwind.example");
    assert_eq!(sign_up(&social, &mut browser, &ticket, who).await, PAGE);
    let reply = browser
        .post("/v1/client/sign_ins", &[("transfer", "true")])
        .await;
    assert_eq!(reply.ok()["status"], "complete", "{}", reply.body);
    let user = user_of(&mut browser).await;
    assert_eq!(user["id"], id);
    // The invitation was for another address: she is in no organization.
    assert_eq!(user["organization_memberships"], json!([]));
    let mut bob = social.browser();
    assert_eq!(
        sign_up(&social, &mut bob, &ticket, ("Bob Stone", BOB)).await,
        DONE
    );
}

#[tokio::test]
async fn an_invitation_to_the_application_brings_its_metadata_along() {
    let social = Social::with(|config| {
        config.settings.apis.restrictions.sign_up_mode = SignUpMode::Restricted;
    })
    .await;
    let body = json!({ "email_address": BOB, "public_metadata": { "plan": "pro" } });
    let (status, answer) = social.server(Method::POST, "/invitations", body).await;
    assert_eq!(status, 200, "{answer}");
    let ticket = social.ticket(BOB);
    let mut bob = social.browser();
    assert_eq!(
        sign_up(&social, &mut bob, &ticket, ("Bob Stone", BOB)).await,
        DONE
    );
    assert_eq!(
        user_of(&mut bob).await["public_metadata"],
        json!({ "plan": "pro" })
    );
    // Who is not invited does not get in by the provider.
    let mut eve = social.browser();
    let google = person("Eve", "eve@evil.example");
    let reply = social.sign_up(&mut eve, "oauth_google", &google).await;
    assert_eq!(location(&reply), PAGE);
    let reply = social.sign_in(&mut eve, "oauth_google", &google).await;
    assert_eq!(location(&reply), PAGE);
    let reply = eve
        .post("/v1/client/sign_ups", &[("transfer", "true")])
        .await;
    // What a provider said of who may not sign up is not kept for it.
    reply.refused(422, "external_account_not_found");
    assert_eq!(eve.get("/v1/client").await.ok()["sessions"], json!([]));
}
