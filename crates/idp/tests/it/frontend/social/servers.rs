//! What servers see and do of accounts at other providers.

use bailiwick_pg::sql;
use http::Method;
use serde_json::Value;

use super::world::*;
async fn call(social: &Social, method: Method, path: &str) -> Value {
    let (status, body) = social.server(method, path, Value::Null).await;
    assert_eq!(status, 200, "{body}");
    body
}

async fn get(social: &Social, path: &str) -> Value {
    call(social, Method::GET, path).await
}

async fn delete(social: &Social, path: &str) -> Value {
    call(social, Method::DELETE, path).await
}

const ADA: &str = "ada@northwind.example";

#[tokio::test]
async fn a_server_gets_tokens_and_has_them_renewed() {
    let social = Social::new().await;
    let mut ada = social
        .newcomer("oauth_google", &person("Ada Lovelace", ADA))
        .await;
    let user = user_of(&mut ada).await;
    let id = user["id"].as_str().unwrap();
    let account = &user["external_accounts"][0];
    let path = format!("/users/{id}/oauth_access_tokens/oauth_google");
    let first = get(&social, &path).await;
    let token = &first[0];
    assert_eq!(token["object"], "oauth_access_token");
    assert_eq!(token["external_account_id"], account["id"]);
    assert_eq!(token["provider_user_id"], account["provider_user_id"]);
    assert_eq!(token["provider"], "oauth_google");
    assert_eq!(
        token["scopes"],
        serde_json::json!(["openid", "email", "profile"])
    );
    assert!(token["id_token"].is_string() && token["expires_at"].is_i64());
    // The older form of the name, and the page.
    let older = path.replace("oauth_google", "google");
    assert_eq!(get(&social, &older).await, first);
    let page = get(&social, &format!("{path}?paginated=true")).await;
    assert_eq!((&page["total_count"], &page["data"]), (&1.into(), &first));
    let none = path.replace("google", "github");
    assert_eq!(get(&social, &none).await, serde_json::json!([]));

    social.time.advance(jiff::SignedDuration::from_mins(59));
    let renewed = get(&social, &path).await;
    assert_ne!(renewed[0]["token"], token["token"]);
    // What was renewed is kept.
    assert_eq!(get(&social, &path).await, renewed);
    // It is good for the provider's API.
    let person = reqwest::Client::builder().no_proxy().build().unwrap();
    let request = person.get(format!("{}/google/userinfo", social.base));
    let bearer = renewed[0]["token"].as_str().unwrap();
    let answer: Value = request
        .bearer_auth(bearer)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(answer["email"], ADA);
}

#[tokio::test]
async fn a_server_disconnects_even_the_last_way_in() {
    let social = Social::new().await;
    let mut ada = social
        .newcomer("oauth_github", &person("Ada Lovelace", ADA))
        .await;
    let user = user_of(&mut ada).await;
    let id = user["id"].as_str().unwrap();
    let seen = get(&social, &format!("/users/{id}")).await;
    assert_eq!(seen["external_accounts"], user["external_accounts"]);
    let account = user["external_accounts"][0]["id"].as_str().unwrap();
    let path = format!("/users/{id}/external_accounts/{account}");
    let gone = delete(&social, &path).await;
    assert_eq!(gone["deleted"], true);
    assert_eq!(
        user_of(&mut ada).await["external_accounts"],
        serde_json::json!([])
    );
    let said = social.said().await;
    let (event, data) = said.last().unwrap();
    assert_eq!(event, "user.updated");
    assert_eq!(data["external_accounts"], serde_json::json!([]));
}

sql! {
    /// How many ways and accounts are stored.
    COUNTS() = "select (select count(*) from idp.oauth_flows),
        (select count(*) from idp.external_accounts)";
}

#[tokio::test]
async fn what_nobody_goes_on_with_is_swept() {
    let social = Social::new().await;
    let mut ada = social
        .newcomer("oauth_google", &person("Ada Lovelace", ADA))
        .await;
    depart(&mut social.browser(), "sign_ins", "oauth_google").await;
    let path = ada.own("/v1/me/external_accounts").await;
    let form = [("strategy", "oauth_github"), ("redirect_url", PAGE)];
    ada.post(&path, &form).await.ok();
    let counts = async || {
        let rows = social.pool.query(&COUNTS, &[]).await.unwrap();
        (rows[0].get::<_, i64>(0), rows[0].get::<_, i64>(1))
    };
    social.idp.sweep(10).await.unwrap();
    assert_eq!(counts().await, (3, 2));
    social.time.advance(jiff::SignedDuration::from_hours(49));
    social.idp.sweep(10).await.unwrap();
    assert_eq!(counts().await, (0, 1));
}
