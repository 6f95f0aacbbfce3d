//! The instance as a site.

use axum::body::Body;
use http::{Request, header};
use serde_json::json;

use super::world::{ORIGIN, World};

const ADA: &str = "ada@northwind.example";

#[tokio::test]
async fn it_is_there_and_no_native_application_belongs_to_it() {
    let world = World::new().await;
    let mut browser = world.browser();
    let health = browser.get("/v1/health").await;
    assert_eq!(health.body, json!({ "status": "healthy" }));
    let portal = browser.get("/v1/account_portal").await.body;
    assert_eq!(portal["enabled"], false);
    assert_eq!(portal["after_sign_in_url"], format!("{ORIGIN}/"));
    let android = browser.get("/.well-known/assetlinks.json").await;
    assert_eq!(android.body, json!([]));
    let apple = browser
        .get("/.well-known/apple-app-site-association")
        .await
        .body;
    assert_eq!(apple["webcredentials"]["apps"], json!([]));
}

#[tokio::test]
async fn a_proxy_is_told_what_it_lacks() {
    let world = World::new().await;
    let proxy = format!("{ORIGIN}/__clerk");
    let key = "sk_live_0123456789abcdef";
    for (path, key, url, from, status) in [
        ("?domain_id=d", key, proxy.as_str(), "192.0.2.7", 200),
        ("", key, proxy.as_str(), "192.0.2.7", 400),
        (
            "?domain_id=d",
            "sk_live_x",
            proxy.as_str(),
            "192.0.2.7",
            503,
        ),
        (
            "?domain_id=d",
            key,
            "https://other.example",
            "192.0.2.7",
            503,
        ),
        ("?domain_id=d", key, proxy.as_str(), "", 503),
    ] {
        let request = Request::get(format!("/__clerk/v1/proxy-health{path}"))
            .header("clerk-secret-key", key)
            .header("clerk-proxy-url", url)
            .header("x-forwarded-for", from);
        let reply = world.browser().send(request, Body::empty()).await;
        assert_eq!(reply.status, status, "{path} {url}: {}", reply.body);
    }
}

#[tokio::test]
async fn a_redirection_leads_to_the_application_only() {
    let world = World::new().await;
    let mut browser = world.browser();
    for (query, target) in [
        ("", format!("{ORIGIN}/")),
        ("?redirect_url=", format!("{ORIGIN}/")),
        (
            "?redirect_url=http%3A%2F%2Flocalhost%3A3000%2Fa%3Fb%3Dc",
            format!("{ORIGIN}/a?b=c"),
        ),
    ] {
        let reply = browser.get(&format!("/v1/redirect{query}")).await;
        assert_eq!(reply.headers[header::LOCATION], target);
    }
    let path = "/v1/redirect?redirect_url=https%3A%2F%2Fevil.example%2F";
    let reply = browser.get(path).await;
    reply.refused_param(422, "form_param_format_invalid", "redirect_url");
}

#[tokio::test]
async fn only_the_site_itself_clears_its_data() {
    let world = World::new().await;
    let ask = async |site: &str| {
        let request = Request::get("/__clerk/v1/clear-site-data").header("sec-fetch-site", site);
        world.browser().send(request, Body::empty()).await
    };
    assert_eq!(ask("same-origin").await.headers["clear-site-data"], "\"*\"");
    let reply = ask("cross-site").await;
    reply.refused(403, "origin_invalid");
    assert!(!reply.headers.contains_key("clear-site-data"));
}

#[tokio::test]
async fn a_browser_becomes_known_once() {
    let world = World::new().await;
    let mut browser = world.browser();
    let first = browser.call("PUT", "/v1/client", &[]).await;
    let id = first.ok()["id"].clone();
    assert!(browser.secret().is_some());
    let again = browser.post("/v1/client", &[]).await;
    assert_eq!(again.ok()["id"], id);
    let environment = browser.call("PATCH", "/v1/environment", &[]).await;
    assert_eq!(environment.status, 200);
}

#[tokio::test]
async fn a_user_sees_all_sessions_and_no_token_of_another_browser() {
    let world = World::new().await;
    let mut here = world.signed_up(ADA).await;
    let mut there = world.browser();
    there.sign_in(ADA).await.ok();
    let path = here.own("/v1/me/sessions").await;
    let sessions = here.get(&path).await.body;
    assert_eq!(sessions.as_array().unwrap().len(), 2);
    for session in sessions.as_array().unwrap() {
        assert_eq!(session["last_active_token"], json!(null));
        assert_eq!(session["public_user_data"]["identifier"], ADA);
    }
    let own = format!("/v1/client/sessions/{}", here.session_id().await);
    assert_eq!(here.get(&own).await.ok()["status"], "active");
    there.get(&own).await.refused(401, "authentication_invalid");
    let gone = here.call("DELETE", "/v1/client", &[]).await;
    assert_eq!(gone.ok()["sessions"], json!([]));
}
