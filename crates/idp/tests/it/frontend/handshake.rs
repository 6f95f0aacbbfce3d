//! The handshake of servers that read cookies.

use axum::body::Body;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use http::{Method, Request, header};
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::world::{Browser, Reply, World};

const ADA: &str = "ada@northwind.example";
const PAGE: &str = "http://localhost:3000/projects?tab=1#top";

impl Browser {
    /// Follows a server's redirect to the handshake.
    async fn shake(&mut self, redirect_url: &str, more: &str, site: &str) -> Reply {
        let target: String =
            url::form_urlencoded::byte_serialize(redirect_url.as_bytes()).collect();
        let uri = format!(
            "/__clerk/v1/client/handshake?redirect_url={target}&suffixed_cookies=true\
             &format=nonce&__clerk_hs_reason=session-token-expired{more}"
        );
        let request = Request::get(uri).header("sec-fetch-site", site);
        self.send(request, Body::empty()).await
    }
}

/// The cookies that the server is told to set, by name.
fn directives(reply: &Reply) -> Vec<(String, String, String)> {
    let cookies = reply.headers.get_all(header::SET_COOKIE).iter();
    let payload = cookies
        .filter_map(|value| value.to_str().unwrap().strip_prefix("__clerk_handshake="))
        .next()
        .unwrap();
    assert!(payload.len() < 4000, "{}", payload.len());
    assert!(payload.contains("; HttpOnly") && payload.contains("; Max-Age=60"));
    let jwt = payload.split(';').next().unwrap();
    let part = URL_SAFE_NO_PAD
        .decode(jwt.split('.').nth(1).unwrap())
        .unwrap();
    let claims: Value = serde_json::from_slice(&part).unwrap();
    let list = claims["handshake"].as_array().unwrap();
    let read = |directive: &Value| {
        let text = directive.as_str().unwrap();
        let (pair, attributes) = text.split_once("; ").unwrap();
        let (name, value) = pair.split_once('=').unwrap();
        (name.to_owned(), value.to_owned(), attributes.to_owned())
    };
    list.iter().map(read).collect()
}

#[track_caller]
fn value<'a>(list: &'a [(String, String, String)], name: &str) -> &'a str {
    &list.iter().find(|(own, ..)| own == name).unwrap().1
}

#[tokio::test]
async fn a_server_gets_the_cookies_it_needs() {
    let world = World::new().await;
    let mut browser = world.signed_up(ADA).await;
    let session = browser.session().await;
    let reply = browser.shake(PAGE, "", "same-origin").await;
    assert_eq!(
        (reply.status.as_u16(), &reply.headers[header::LOCATION]),
        (307, &PAGE.parse().unwrap())
    );
    let list = directives(&reply);
    let names: Vec<&str> = list.iter().map(|(name, ..)| name.as_str()).collect();
    let suffix = names[1].strip_prefix("__session_").unwrap().to_owned();
    assert_eq!(suffix.len(), 8);
    assert_eq!(
        names,
        [
            "__session".to_owned(),
            format!("__session_{suffix}"),
            "__client_uat".to_owned(),
            format!("__client_uat_{suffix}"),
            format!("__refresh_{suffix}"),
        ]
    );
    assert!(browser.jar.contains_key(&format!("__client_uat_{suffix}")));
    let jwt = value(&list, "__session");
    assert_eq!(jwt, value(&list, &format!("__session_{suffix}")));
    let claims = world.claims(jwt).await;
    assert_eq!(
        (&claims["sid"], &claims["sts"]),
        (&session["id"], &json!("active"))
    );
    let uat: i64 = value(&list, "__client_uat").parse().unwrap();
    // A token older than this would lead back here.
    assert!(uat > 0 && uat <= claims["iat"].as_i64().unwrap());
    for (name, _, attributes) in &list {
        assert!(
            attributes.contains("Path=/") && attributes.contains("SameSite=Lax"),
            "{name}"
        );
    }
}

#[tokio::test]
async fn nobody_is_told_that_nobody_is_there() {
    let world = World::new().await;
    let mut browser = world.signed_up(ADA).await;
    browser
        .call("DELETE", "/v1/client/sessions", &[])
        .await
        .ok();
    for mut browser in [browser, world.browser()] {
        let reply = browser.shake(PAGE, "", "none").await;
        assert_eq!(reply.status, 307);
        let list = directives(&reply);
        assert_eq!(
            (value(&list, "__session"), value(&list, "__client_uat")),
            ("", "0")
        );
        let (.., attributes) = &list[0];
        assert!(attributes.contains("Max-Age=0"));
    }
}

#[tokio::test]
async fn leads_to_the_application_and_nowhere_else() {
    let world = World::new().await;
    let mut browser = world.signed_up(ADA).await;
    for target in [
        "",
        "/projects",
        "//evil.example/",
        "http://evil.example/",
        "https://localhost:3000/",
        "http://localhost:3000.evil.example/",
        "http://localhost:3000@evil.example/",
        "http://localhost:3001/",
        "javascript:alert(1)",
        "http://localhost:3000/\r\nset-cookie: a=b",
    ] {
        let reply = browser.shake(target, "", "cross-site").await;
        assert_eq!(reply.status, 422, "{target}");
        assert!(!reply.headers.contains_key(header::LOCATION));
        let mut stranger = world.browser();
        let target: String = url::form_urlencoded::byte_serialize(target.as_bytes()).collect();
        let path = format!("/v1/client/touch?redirect_url={target}");
        assert_eq!(stranger.get(&path).await.status, 422);
    }
}

#[tokio::test]
async fn a_server_may_choose_the_organization_and_a_foreign_link_may_not() {
    let world = World::new().await;
    let mut browser = world.signed_up(ADA).await;
    let organization = browser.create_organization("Northwind").await;
    browser.touch("").await.ok();
    let active = |reply: &Reply| {
        let list = directives(reply);
        let jwt = value(&list, "__session").to_owned();
        let part = URL_SAFE_NO_PAD
            .decode(jwt.split('.').nth(1).unwrap())
            .unwrap();
        let claims: Value = serde_json::from_slice(&part).unwrap();
        claims["o"]["id"].clone()
    };
    let more = "&organization_id=northwind";
    let reply = browser.shake(PAGE, more, "cross-site").await;
    assert_eq!(active(&reply), json!(null));
    let reply = browser.shake(PAGE, more, "same-origin").await;
    assert_eq!(active(&reply), organization.as_str());
    let other = world.signed_up("grace@northwind.example").await;
    let mut other = other;
    let foreign = other.create_organization("Contoso").await;
    let more = format!("&organization_id={foreign}");
    let reply = browser.shake(PAGE, &more, "same-origin").await;
    assert_eq!(active(&reply), organization.as_str());
    let reply = browser
        .shake(PAGE, "&organization_id=", "same-origin")
        .await;
    assert_eq!(active(&reply), json!(null));
}

#[tokio::test]
async fn a_touch_prolongs_the_cookie_and_leads_back() {
    let world = World::new().await;
    let mut browser = world.signed_up(ADA).await;
    let secret = browser.secret().unwrap().to_owned();
    let path = "/v1/client/touch?redirect_url=http%3A%2F%2Flocalhost%3A3000%2Fa";
    world.time.advance(SignedDuration::from_hours(24));
    let reply = browser.get(path).await;
    assert_eq!(
        (
            reply.status.as_u16(),
            reply.headers[header::LOCATION].to_str().unwrap()
        ),
        (307, "http://localhost:3000/a")
    );
    assert_eq!(browser.secret(), Some(secret.as_str()));
    let year = SignedDuration::from_hours(365 * 24);
    let reply = browser.get("/v1/client").await;
    assert_eq!(
        reply.ok()["cookie_expires_at"],
        (world.time.now() + year).as_millisecond()
    );
    // Nothing is planted in a browser that has none.
    let mut stranger = world.browser();
    stranger.get(path).await;
    assert_eq!(stranger.secret(), None);
}

#[tokio::test]
async fn a_server_renews_an_expired_token() {
    let world = World::new().await;
    let mut browser = world.signed_up(ADA).await;
    let reply = browser.shake(PAGE, "", "same-origin").await;
    let list = directives(&reply);
    let expired = value(&list, "__session").to_owned();
    let refresh = &list.last().unwrap().1;
    assert!(list.last().unwrap().2.contains("HttpOnly"));
    world.time.advance(SignedDuration::from_secs(90));
    let id = browser.session_id().await;
    let path = format!("/sessions/{id}/refresh");
    let body = json!({
        "expired_token": expired, "refresh_token": refresh,
        "request_origin": "http://localhost:3000", "request_headers": { "host": ["x"] },
    });
    let (status, answer) = world.server(Method::POST, &path, body.clone()).await;
    assert_eq!(status, 200, "{answer}");
    let claims = world.claims(answer["jwt"].as_str().unwrap()).await;
    assert_eq!(claims["exp"], world.time.now().as_second() + 60);
    assert_eq!(claims["azp"], "http://localhost:3000");
    let with = |field: &str, value: &str| {
        let mut body = body.clone();
        body[field] = value.into();
        body
    };
    let cookies = with("format", "cookie");
    let (_, answer) = world.server(Method::POST, &path, cookies).await;
    assert_eq!(answer["cookies"].as_array().unwrap().len(), 2, "{answer}");

    let mut other = world.signed_up("grace@northwind.example").await;
    let reply = other.shake(PAGE, "", "same-origin").await;
    let foreign = directives(&reply);
    for wrong in [
        with("refresh_token", &foreign.last().unwrap().1),
        with("refresh_token", "not one"),
        with("expired_token", value(&foreign, "__session")),
        with("expired_token", &format!("{expired}x")),
        with("expired_token", "a.b.c"),
        with("request_origin", "http://evil.example"),
    ] {
        let (status, _) = world.server(Method::POST, &path, wrong).await;
        assert_eq!(status, 401);
    }
    browser
        .call("DELETE", "/v1/client/sessions", &[])
        .await
        .ok();
    let (status, _) = world.server(Method::POST, &path, body).await;
    assert_eq!(status, 401);
}
