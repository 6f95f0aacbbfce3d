//! Accounts that the signed-in user connects, renews and disconnects.

use serde_json::{Value, json};
use url::Url;

use super::world::*;
use crate::frontend::world::Browser;

const ADA: &str = "ada@northwind.example";

/// Begins to connect; the account, and where to go.
async fn begin(browser: &mut Browser, strategy: &str) -> (Value, Url) {
    let path = browser.own("/v1/me/external_accounts").await;
    let form = [("strategy", strategy), ("redirect_url", PAGE)];
    let reply = browser.post(&path, &form).await;
    let account = reply.ok().clone();
    assert_eq!(account["verification"]["status"], "unverified");
    let url = account["verification"]["external_verification_redirect_url"].as_str();
    let url = url.unwrap().parse().unwrap();
    (account, url)
}

fn primary_email(user: &Value) -> &str {
    let mut emails = user["email_addresses"].as_array().unwrap().iter();
    let primary = emails.find(|email| email["id"] == user["primary_email_address_id"]);
    primary.unwrap()["email_address"].as_str().unwrap()
}

async fn connect(social: &Social, browser: &mut Browser, strategy: &str, email: &str) -> Value {
    let (account, url) = begin(browser, strategy).await;
    let path = social.answer(&url, &person("Ada Lovelace", email)).await;
    assert_eq!(location(&browser.get(&path).await), PAGE);
    account
}

#[tokio::test]
async fn an_account_is_connected_and_disconnected() {
    let social = Social::new().await;
    let mut browser = social.signed_up(ADA).await;
    let account = connect(
        &social,
        &mut browser,
        "oauth_github",
        "ada@elsewhere.example",
    )
    .await;
    let user = user_of(&mut browser).await;
    let connected = &user["external_accounts"][0];
    assert_eq!(connected["id"], account["id"]);
    assert_eq!(connected["verification"]["status"], "verified");
    assert_eq!(connected["username"], "ada");
    // The address that the provider vouches for comes with it.
    assert_eq!(user["email_addresses"].as_array().unwrap().len(), 2);
    assert_eq!(primary_email(&user), ADA);
    assert_eq!(social.said_types().await.last().unwrap(), "user.updated");

    let mut other = social.browser();
    let elsewhere = person("Ada Lovelace", "ada@elsewhere.example");
    social.sign_in(&mut other, "oauth_github", &elsewhere).await;
    assert_eq!(user_of(&mut other).await["id"], user["id"]);

    let path = format!(
        "/v1/me/external_accounts/{}",
        account["id"].as_str().unwrap()
    );
    let path = browser.own(&path).await;
    let gone = browser.call("DELETE", &path, &[]).await;
    assert_eq!(gone.ok()["deleted"], true);
    assert_eq!(user_of(&mut browser).await["external_accounts"], json!([]));
    let reply = browser.call("DELETE", &path, &[]).await;
    reply.refused(404, "resource_not_found");
}

#[tokio::test]
async fn what_was_begun_and_not_ended_gives_way() {
    let social = Social::new().await;
    let mut browser = social.signed_up(ADA).await;
    let (first, url) = begin(&mut browser, "oauth_google").await;
    let (second, _) = begin(&mut browser, "oauth_google").await;
    let accounts = user_of(&mut browser).await["external_accounts"].clone();
    assert_eq!(accounts.as_array().unwrap().len(), 1);
    assert_eq!(accounts[0]["id"], second["id"]);
    assert_ne!(first["id"], second["id"]);
    // The way of the first leads nowhere any more.
    let path = social.answer(&url, &person("Ada Lovelace", ADA)).await;
    assert_eq!(location(&browser.get(&path).await), PAGE);
    let accounts = user_of(&mut browser).await["external_accounts"].clone();
    assert_eq!(accounts[0]["verification"]["status"], "unverified");
    // Nobody else hears of what is not connected.
    let said = social.said().await;
    assert!(said.iter().all(|(_, data)| {
        data["external_accounts"]
            .as_array()
            .is_none_or(Vec::is_empty)
    }));
}

#[tokio::test]
async fn a_refusal_is_noted_on_the_account() {
    let social = Social::new().await;
    let mut browser = social.signed_up(ADA).await;
    let (_, url) = begin(&mut browser, "oauth_google").await;
    let path = social.answer(&url, &[("decision", "refuse")]).await;
    assert_eq!(location(&browser.get(&path).await), PAGE);
    let account = user_of(&mut browser).await["external_accounts"][0].clone();
    assert_eq!(account["verification"]["status"], "failed");
    assert_eq!(
        account["verification"]["error"]["code"],
        "oauth_access_denied"
    );
}

#[tokio::test]
async fn an_account_is_one_users() {
    let social = Social::new().await;
    let google = person("Ada Lovelace", ADA);
    social.newcomer("oauth_google", &google).await;
    let mut eve = social.signed_up("eve@northwind.example").await;
    connect(&social, &mut eve, "oauth_google", ADA).await;
    let user = user_of(&mut eve).await;
    let account = &user["external_accounts"][0];
    assert_eq!(account["verification"]["status"], "failed");
    assert_eq!(
        account["verification"]["error"]["code"],
        "oauth_identification_claimed"
    );
    assert_eq!(user["email_addresses"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_proven_address_of_another_is_not_taken_along() {
    let social = Social::new().await;
    social.signed_up(ADA).await;
    let mut eve = social.signed_up("eve@northwind.example").await;
    connect(&social, &mut eve, "oauth_google", ADA).await;
    let user = user_of(&mut eve).await;
    assert_eq!(
        user["external_accounts"][0]["verification"]["status"],
        "verified"
    );
    assert_eq!(user["email_addresses"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn asking_again_renews_the_same_account_and_no_other() {
    let social = Social::new().await;
    let mut browser = social.signed_up(ADA).await;
    let account = connect(&social, &mut browser, "oauth_google", "one@x.example").await;
    let id = account["id"].as_str().unwrap();
    let path = format!("/v1/me/external_accounts/{id}/reauthorize");
    for (email, error) in [
        ("two@x.example", "oauth_account_mismatch"),
        ("one@x.example", ""),
    ] {
        let form = [
            ("redirect_url", PAGE),
            (
                "additional_scope",
                "https://www.googleapis.com/auth/calendar",
            ),
        ];
        let path = browser.own(&path).await;
        let reply = browser.call("PATCH", &path, &form).await;
        let url = reply.ok()["verification"]["external_verification_redirect_url"].as_str();
        let url: Url = url.unwrap().parse().unwrap();
        assert!(parameter(&url, "scope").ends_with("/auth/calendar"));
        let path = social.answer(&url, &person("Ada Lovelace", email)).await;
        assert_eq!(location(&browser.get(&path).await), PAGE);
        let accounts = user_of(&mut browser).await["external_accounts"].clone();
        assert_eq!(accounts.as_array().unwrap().len(), 1);
        let verification = &accounts[0]["verification"];
        assert_eq!(verification["status"], "verified");
        assert_eq!(verification["error"]["code"].as_str().unwrap_or(""), error);
    }
    let scopes = user_of(&mut browser).await["external_accounts"][0]["approved_scopes"].clone();
    assert!(scopes.as_str().unwrap().contains("calendar"), "{scopes}");
}

#[tokio::test]
async fn the_last_way_in_stays() {
    let social = Social::new().await;
    let ada = person("Ada Lovelace", ADA);
    let mut browser = social.newcomer("oauth_google", &ada).await;
    let user = user_of(&mut browser).await;
    let user_id = user["id"].as_str().unwrap();
    let delete = format!("delete from idp.email_addresses where user_id = '{user_id}'");
    social.pool.batch(&delete).await.unwrap();
    let id = user["external_accounts"][0]["id"].as_str().unwrap();
    let path = browser.own(&format!("/v1/me/external_accounts/{id}")).await;
    let reply = browser.call("DELETE", &path, &[]).await;
    reply.refused(403, "identification_deletion_failed");
    connect(
        &social,
        &mut browser,
        "oauth_github",
        "ada@elsewhere.example",
    )
    .await;
    browser.call("DELETE", &path, &[]).await.ok();
}

#[tokio::test]
async fn tokens_are_sealed_and_can_be_forgotten() {
    let social = Social::new().await;
    let ada = person("Ada Lovelace", ADA);
    let mut browser = social.newcomer("oauth_google", &ada).await;
    let id = user_of(&mut browser).await["external_accounts"][0]["id"].clone();
    let id = id.as_str().unwrap();
    let stored = |pool: bailiwick_pg::Pool| async move {
        let rows = pool.query(&TOKENS, &[]).await.unwrap();
        rows.iter()
            .filter_map(|row| row.get::<_, Option<String>>(0))
            .collect::<Vec<_>>()
    };
    let sealed = stored(social.pool.clone()).await;
    // One for the account; what the attempt kept for a transfer is gone.
    assert_eq!(sealed.len(), 1);
    assert!(!sealed[0].contains("access") && !sealed[0].contains('{'));
    let path = browser
        .own(&format!("/v1/me/external_accounts/{id}/tokens"))
        .await;
    browser.call("DELETE", &path, &[]).await.ok();
    assert!(stored(social.pool.clone()).await.is_empty());
    let mut eve = social.signed_up("eve@northwind.example").await;
    let path = eve
        .own(&format!("/v1/me/external_accounts/{id}/tokens"))
        .await;
    eve.call("DELETE", &path, &[])
        .await
        .refused(404, "resource_not_found");
}

bailiwick_pg::sql! {
    /// Every stored token.
    TOKENS() = "
        select tokens from idp.external_accounts union all select tokens from idp.oauth_flows";
}
