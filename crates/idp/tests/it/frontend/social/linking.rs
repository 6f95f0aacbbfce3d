//! Who somebody at a provider is here: by connection, by a proven address, or nobody.

use serde_json::{Value, json};

use super::world::*;
use crate::frontend::world::PASSWORD;

const ADA: &str = "ada@northwind.example";

#[tokio::test]
async fn a_proven_address_links_to_the_user_who_has_proven_it() {
    let social = Social::new().await;
    let mut browser = social.signed_up(ADA).await;
    let user = user_of(&mut browser).await;
    for (strategy, count) in [
        ("oauth_google", 1),
        ("oauth_microsoft", 2),
        ("oauth_github", 3),
    ] {
        let mut other = social.browser();
        let reply = social
            .sign_in(
                &mut other,
                strategy,
                &person("Ada Lovelace", "Ada@Northwind.example"),
            )
            .await;
        assert_eq!(location(&reply), DONE);
        let linked = user_of(&mut other).await;
        assert_eq!(linked["id"], user["id"]);
        assert_eq!(linked["external_accounts"].as_array().unwrap().len(), count);
        assert_eq!(linked["email_addresses"].as_array().unwrap().len(), 1);
        let links = linked["email_addresses"][0]["linked_to"]
            .as_array()
            .unwrap();
        assert_eq!(links.len(), count);
    }
    // The password is as good as before: the address was proven with it.
    assert_eq!(
        social.browser().sign_in(ADA).await.ok()["status"],
        "complete"
    );
    let said = social.said().await;
    let updates: Vec<&Value> = said
        .iter()
        .filter(|(event, _)| event == "user.updated")
        .map(|(_, data)| data)
        .collect();
    assert_eq!(updates.len(), 3);
    assert_eq!(updates[2]["external_accounts"].as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn an_unproven_address_links_to_nobody() {
    let social = Social::new().await;
    social.signed_up(ADA).await;
    for strategy in ["oauth_google", "oauth_microsoft", "oauth_github"] {
        let mut eve = social.browser();
        let reply = social
            .sign_in(&mut eve, strategy, &[("name", "Eve"), ("email", ADA)])
            .await;
        assert_eq!(location(&reply), PAGE);
        let verification = sign_in_of(&mut eve).await["first_factor_verification"].clone();
        // GitHub has another address that it vouches for: that one is not Ada's.
        assert_eq!(verification["status"], "transferable", "{strategy}");
        let client = eve.get("/v1/client").await;
        assert_eq!(client.ok()["sessions"], json!([]));
        let reply = eve
            .post("/v1/client/sign_ups", &[("transfer", "true")])
            .await;
        assert_ne!(reply.ok()["email_address"], ADA);
    }
}

#[tokio::test]
async fn who_proves_an_address_takes_over_what_merely_claimed_it() {
    let social = Social::new().await;
    // Somebody registered with the address and waits for its owner.
    let mut eve = social.signed_up(ADA).await;
    let user = user_of(&mut eve).await;
    eve.enrol(&social.world).await;
    let id = user["id"].as_str().unwrap();
    social
        .pool
        .batch(&format!(
            "update idp.email_addresses set verified_at = null where user_id = '{id}'"
        ))
        .await
        .unwrap();
    let mut ada = social.browser();
    let reply = social
        .sign_in(&mut ada, "oauth_google", &person("Ada Lovelace", ADA))
        .await;
    assert_eq!(location(&reply), DONE);
    let owner = user_of(&mut ada).await;
    assert_eq!(owner["id"], user["id"]);
    assert_eq!(owner["password_enabled"], false);
    assert_eq!(owner["totp_enabled"], false);
    assert_eq!(
        owner["email_addresses"][0]["verification"]["status"],
        "verified"
    );
    assert_eq!(
        owner["primary_email_address_id"],
        owner["email_addresses"][0]["id"]
    );
    let client = eve.get("/v1/client").await;
    assert_eq!(client.ok()["sessions"], json!([]), "the session is over");
    let sign_in = eve.begin_sign_in(ADA).await;
    let factors = sign_in["supported_first_factors"].to_string();
    assert!(!factors.contains("\"password\""), "{factors}");
    let id = sign_in["id"].as_str().unwrap();
    let reply = eve.attempt_sign_in(id, "password", PASSWORD).await;
    reply.refused(422, "form_password_incorrect");
}

#[tokio::test]
async fn a_claim_beside_proven_addresses_is_not_taken_over() {
    let social = Social::new().await;
    let mut eve = social.signed_up("eve@northwind.example").await;
    let path = eve.own("/v1/me/email_addresses").await;
    eve.post(&path, &[("email_address", ADA)]).await.ok();
    let mut ada = social
        .newcomer("oauth_google", &person("Ada Lovelace", ADA))
        .await;
    assert_ne!(user_of(&mut ada).await["id"], user_of(&mut eve).await["id"]);
    assert_eq!(
        user_of(&mut ada).await["email_addresses"][0]["email_address"],
        ADA
    );
    // Eve's claim can come to nothing: the address is proven by another.
    let claim = user_of(&mut eve).await["email_addresses"][1]["id"].clone();
    let path = format!("/v1/me/email_addresses/{}", claim.as_str().unwrap());
    let prepare = eve.own(&format!("{path}/prepare_verification")).await;
    let reply = eve.post(&prepare, &[("strategy", "email_code")]).await;
    if reply.status == 200 {
        let attempt = eve.own(&format!("{path}/attempt_verification")).await;
        let code = social.code(ADA);
        let reply = eve.post(&attempt, &[("code", &code)]).await;
        reply.refused(422, "form_identifier_exists");
    }
}

#[tokio::test]
async fn a_changed_address_at_the_provider_changes_the_account_alone() {
    let social = Social::new().await;
    let mut ada = social
        .newcomer("oauth_google", &person("Ada Lovelace", ADA))
        .await;
    let before = user_of(&mut ada).await;
    let id = before["external_accounts"][0]["id"].as_str().unwrap();
    // The same person, whom the provider knows by another address from now on.
    let subject = "update idp.external_accounts set email_address = 'old@x.example' where id = ";
    social
        .pool
        .batch(&format!("{subject}'{id}'"))
        .await
        .unwrap();
    let mut again = social.browser();
    social
        .sign_in(&mut again, "oauth_google", &person("Ada Lovelace", ADA))
        .await;
    let after = user_of(&mut again).await;
    assert_eq!(after["id"], before["id"]);
    assert_eq!(after["external_accounts"][0]["email_address"], ADA);
    assert_eq!(social.said_types().await.last().unwrap(), "session.created");
    let updated = social.said_types().await;
    assert_eq!(
        updated
            .iter()
            .filter(|event| *event == "user.updated")
            .count(),
        1
    );
}
