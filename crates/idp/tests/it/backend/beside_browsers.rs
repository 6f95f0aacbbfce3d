//! What servers see and do of what browsers are doing.

use bailiwick_idp::IdpConfig;
use http::header;
use serde_json::json;
use url::Url;

use super::world::{SECRET_KEY, World};
use crate::frontend::world::{ORIGIN, World as Browsers};
use crate::support::time::Time;

/// Browsers of the same instance.
async fn browsers(world: &World) -> Browsers {
    let config = IdpConfig::new("Bailiwick", ORIGIN, SECRET_KEY.into());
    Browsers::on(world.pool.clone(), Time::stopped(), config).await
}

#[tokio::test]
async fn a_server_gives_whoever_signs_up_its_own_id() {
    let world = World::new().await;
    let browsers = browsers(&world).await;
    let mut browser = browsers.browser();
    let id = browser.begin_sign_up("ada@x.example").await;
    let path = format!("/sign_ups/{id}");
    let attempt = world.get(&path).await.ok();
    assert_eq!(attempt["status"], "missing_requirements");
    let changed = world
        .patch(&path, json!({ "external_id": "crm-7" }))
        .await
        .ok();
    assert_eq!(changed["external_id"], "crm-7");
    let reply = world.patch(&path, json!({ "custom_action": true })).await;
    reply.refused(422, "form_param_not_enabled", "custom_action");
    let code = browsers.code("ada@x.example");
    browser.attempt_sign_up(&id, &code).await.ok();
    let users = world.get("/users?external_id=crm-7").await.ok();
    assert_eq!(users.as_array().unwrap().len(), 1);
    let reply = world.patch(&path, json!({ "external_id": "crm-8" })).await;
    reply.refused(403, "sign_up_cannot_be_updated", "");
    world
        .get("/sign_ups/sua_1")
        .await
        .refused(404, "resource_not_found", "");
}

#[tokio::test]
async fn the_secret_of_a_browser_names_it() {
    let world = World::new().await;
    let browser = browsers(&world).await.signed_up("ada@x.example").await;
    let token = json!({ "token": browser.secret().unwrap() });
    let client = world.post("/clients/verify", token).await.ok();
    assert_eq!(client["sessions"].as_array().unwrap().len(), 1);
    let same = world
        .get(&format!("/clients/{}", client["id"].as_str().unwrap()))
        .await
        .ok();
    assert_eq!(same, client);
}

#[tokio::test]
async fn a_server_verifies_and_takes_back_the_token_of_an_application() {
    let world = World::new().await;
    let mut ada = browsers(&world).await.signed_up("ada@x.example").await;
    let body = json!({
        "name": "Reports", "redirect_uris": ["https://app.example/cb"],
        "consent_screen_enabled": false,
    });
    let made = world.post("/oauth_applications", body).await.ok();
    let text = |name: &str| made[name].as_str().unwrap();
    let (client_id, secret) = (text("client_id"), text("client_secret"));
    let path = format!("/oauth/authorize?response_type=code&client_id={client_id}");
    let reply = ada.get(&path).await;
    let url = Url::parse(reply.headers[header::LOCATION].to_str().unwrap()).unwrap();
    let (_, code) = url.query_pairs().find(|(name, _)| name == "code").unwrap();
    let form = [
        ("grant_type", "authorization_code"),
        ("client_id", client_id),
        ("client_secret", secret),
        ("code", &code),
    ];
    let tokens = ada.post("/oauth/token", &form).await;
    let token = tokens.body["access_token"].as_str().unwrap();
    let verify = async || {
        let path = "/oauth_applications/access_tokens/verify";
        world.post(path, json!({ "access_token": token })).await
    };
    let seen = verify().await.ok();
    assert_eq!(seen["client_id"], json!(client_id));
    let user = seen["subject"].as_str().unwrap();
    world.act(&format!("/users/{user}/ban")).await.ok();
    verify().await.refused(404, "resource_not_found", "");
    world.act(&format!("/users/{user}/unban")).await.ok();
    let path = format!("/oauth_applications/{}/revoke_token", text("id"));
    let reply = world.post(&path, json!({ "token": token })).await;
    assert_eq!(reply.status, 204);
    verify().await.refused(404, "resource_not_found", "");
}
