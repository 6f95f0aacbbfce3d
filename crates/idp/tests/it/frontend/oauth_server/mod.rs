//! The instance as an OAuth 2 server of other applications.

mod codes;
mod consent;
mod registration;

use axum::body::Body;
use bailiwick_idp::domain::oauth::applications::{self, NewApplication};
use bailiwick_idp::store::oauth::applications::Application;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::{Request, header};
use url::Url;

use super::world::{Browser, Reply, World};

const CALLBACK: &str = "https://app.example/callback";

/// An application and its secret.
async fn application(world: &World, is_public: bool) -> (Application, String) {
    let mut tx = world.pool.begin().await.unwrap();
    let new = NewApplication {
        name: "Reports <b>".to_owned(),
        client_uri: None,
        dynamically_registered: false,
        consent_screen_enabled: true,
        pkce_required: false,
        is_public,
        scopes: "email offline_access openid profile".to_owned(),
        redirect_uris: vec![CALLBACK.to_owned()],
    };
    let (row, secret) = applications::create(&world.idp, &mut tx, new)
        .await
        .unwrap();
    tx.commit().await.unwrap();
    (row, secret.unwrap_or_default())
}

fn query(client_id: &str, more: &[(&str, &str)]) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    query
        .append_pair("response_type", "code")
        .append_pair("client_id", client_id)
        .append_pair("state", "12345678")
        .extend_pairs(more);
    query.finish()
}

fn location(reply: &Reply) -> Url {
    let text = reply.headers[header::LOCATION].to_str().unwrap();
    Url::parse(text).unwrap()
}

fn param(url: &Url, name: &str) -> Option<String> {
    let found = url.query_pairs().find(|(key, _)| key == name);
    found.map(|(_, value)| value.into_owned())
}

/// A code, as a user who allows everything gives it.
async fn code(browser: &mut Browser, client_id: &str, more: &[(&str, &str)]) -> String {
    let query = query(client_id, more);
    let path = format!("/v1/me/oauth/consent/{client_id}?{query}");
    let reply = browser.post(&path, &[("consented", "true")]).await;
    assert_eq!(reply.status, 303, "{}", reply.text);
    let url = location(&reply);
    assert!(url.as_str().starts_with(CALLBACK));
    assert_eq!(param(&url, "state").as_deref(), Some("12345678"));
    param(&url, "code").unwrap()
}

/// An application asks, with its secret in the header.
async fn ask(
    world: &World,
    path: &str,
    (row, secret): (&Application, &str),
    form: &[(&str, &str)],
) -> Reply {
    let body = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(form)
        .finish();
    let basic = STANDARD.encode(format!("{}:{secret}", row.client_id));
    let request = Request::post(format!("/__clerk{path}"))
        .header(header::AUTHORIZATION, format!("Basic {basic}"))
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    world.browser().send(request, Body::from(body)).await
}

async fn userinfo(world: &World, token: &str) -> Reply {
    let request = Request::get("/__clerk/oauth/userinfo")
        .header(header::AUTHORIZATION, format!("Bearer {token}"));
    world.browser().send(request, Body::empty()).await
}

fn error(reply: &Reply) -> (u16, &str) {
    (
        reply.status.as_u16(),
        reply.body["error"].as_str().unwrap_or(""),
    )
}
