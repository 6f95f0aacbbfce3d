//! The instance as an OAuth 2 server of other applications.

use axum::body::Body;
use bailiwick_idp::domain::oauth::applications::{self, NewApplication};
use bailiwick_idp::store::oauth::applications::Application;
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::{Request, header};
use jiff::SignedDuration;
use serde_json::{Value, json};
use url::Url;

use super::world::{Browser, ORIGIN, Reply, World};

const CALLBACK: &str = "https://app.example/callback";
const VERIFIER: &str = "a-verifier-of-at-least-43-characters-0123456789";

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

#[tokio::test]
async fn a_user_is_asked_once_and_the_application_learns_who_it_is() {
    let world = World::new().await;
    let (row, secret) = application(&world, false).await;
    let authorize = format!(
        "/oauth/authorize?{}",
        query(
            &row.client_id,
            &[("scope", "openid email offline_access"), ("nonce", "n-1")]
        )
    );
    // Nobody is signed in: to the page that signs in, and back.
    let reply = world.browser().get(&authorize).await;
    let page = location(&reply);
    assert!(
        page.as_str()
            .starts_with("http://localhost:3000/sign-in?redirect_url=")
    );
    assert!(
        param(&page, "redirect_url")
            .unwrap()
            .contains("/oauth/authorize?")
    );

    let mut ada = world.signed_up("ada@x.example").await;
    let reply = ada.get(&authorize).await;
    assert_eq!(reply.status, 200);
    assert!(reply.text.contains("Reports &lt;b&gt;") && !reply.text.contains("Reports <b>"));
    assert!(
        reply.headers[header::CONTENT_SECURITY_POLICY]
            .to_str()
            .unwrap()
            .contains("frame-ancestors 'none'")
    );
    let shown = ada
        .get(&format!("/v1/me/oauth/consent/{}", row.client_id))
        .await;
    assert_eq!(
        shown.body["redirect_domain"], "app.example",
        "{}",
        shown.body
    );

    let more = [("scope", "openid email offline_access"), ("nonce", "n-1")];
    let code = code(&mut ada, &row.client_id, &more).await;
    // The user is not asked again for the same.
    let again = ada.get(&authorize).await;
    assert!(param(&location(&again), "code").is_some());
    let form = [
        ("response_type", "code"),
        ("client_id", row.client_id.as_str()),
        ("scope", "openid email"),
        ("state", "87654321"),
    ];
    let posted = location(&ada.post("/oauth/authorize", &form).await);
    assert!(param(&posted, "code").is_some());
    assert_eq!(param(&posted, "state").as_deref(), Some("87654321"));

    let form = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", CALLBACK),
    ];
    let tokens = ask(&world, "/oauth/token", (&row, &secret), &form).await;
    assert_eq!(tokens.status, 200, "{}", tokens.body);
    assert_eq!(tokens.headers[header::CACHE_CONTROL], "no-store");
    let token = tokens.body["access_token"].as_str().unwrap();
    let id_token = tokens.body["id_token"].as_str().unwrap();
    let part = |index: usize| -> Value {
        let text = id_token.split('.').nth(index).unwrap();
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(text).unwrap()).unwrap()
    };
    assert_ne!(part(0)["cat"], "cl_B7d4PD111AAA");
    let claims = part(1);
    assert_eq!(
        (&claims["aud"], &claims["nonce"], &claims["email"]),
        (
            &json!(row.client_id),
            &json!("n-1"),
            &json!("ada@x.example")
        )
    );
    let who = userinfo(&world, token).await;
    assert_eq!(
        (&who.body["sub"], &who.body["email"]),
        (&claims["sub"], &json!("ada@x.example"))
    );
    assert!(who.body["family_name"].is_null());
    let request = Request::post("/__clerk/oauth/userinfo")
        .header(header::AUTHORIZATION, format!("Bearer {token}"));
    let posted = world.browser().send(request, Body::empty()).await;
    assert_eq!(posted.body, who.body);
    let info = ask(
        &world,
        "/oauth/token_info",
        (&row, &secret),
        &[("token", token)],
    )
    .await;
    assert_eq!(
        (&info.body["active"], &info.body["sub"]),
        (&json!(true), &claims["sub"])
    );

    // The next token ends this one; the old one's use ends them all.
    let refresh = tokens.body["refresh_token"].as_str().unwrap();
    let form = [("grant_type", "refresh_token"), ("refresh_token", refresh)];
    let next = ask(&world, "/oauth/token", (&row, &secret), &form).await;
    let next = next.body["access_token"].as_str().unwrap().to_owned();
    assert_eq!(userinfo(&world, token).await.status, 401);
    assert_eq!(userinfo(&world, &next).await.status, 200);
    let stolen = ask(&world, "/oauth/token", (&row, &secret), &form).await;
    assert_eq!(error(&stolen), (400, "invalid_grant"));
    assert_eq!(userinfo(&world, &next).await.status, 401);
}

#[tokio::test]
async fn a_code_is_good_once_for_its_application_address_and_verifier() {
    let world = World::new().await;
    let (row, secret) = application(&world, false).await;
    let (other, other_secret) = application(&world, false).await;
    let mut ada = world.signed_up("ada@x.example").await;
    let redeem = async |who: (&Application, &str), code: &str, uri: &str| {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", uri),
        ];
        ask(&world, "/oauth/token", who, &form).await
    };
    let first = code(&mut ada, &row.client_id, &[]).await;
    let reply = redeem((&row, "wrong"), &first, CALLBACK).await;
    assert_eq!(error(&reply), (401, "invalid_client"));
    let reply = redeem((&other, &other_secret), &first, CALLBACK).await;
    assert_eq!(error(&reply), (400, "invalid_grant"));
    let reply = redeem((&row, &secret), &first, "https://evil.example/").await;
    assert_eq!(error(&reply), (400, "invalid_grant"));
    let tokens = redeem((&row, &secret), &first, CALLBACK).await;
    let token = tokens.body["access_token"].as_str().unwrap();
    // Others learn nothing of a token, and cannot end it.
    let info = ask(
        &world,
        "/oauth/token_info",
        (&other, &other_secret),
        &[("token", token)],
    )
    .await;
    assert_eq!(info.body, json!({ "active": false }));
    ask(
        &world,
        "/oauth/token/revoke",
        (&other, &other_secret),
        &[("token", token)],
    )
    .await;
    assert_eq!(userinfo(&world, token).await.status, 200);
    // A second use shows that the code was stolen.
    let reply = redeem((&row, &secret), &first, CALLBACK).await;
    assert_eq!(error(&reply), (400, "invalid_grant"));
    assert_eq!(userinfo(&world, token).await.status, 401);

    let late = code(&mut ada, &row.client_id, &[]).await;
    world.time.advance(SignedDuration::from_secs(60));
    let reply = redeem((&row, &secret), &late, CALLBACK).await;
    assert_eq!(error(&reply), (400, "invalid_grant"));
    let third = code(&mut ada, &row.client_id, &[]).await;
    let tokens = redeem((&row, &secret), &third, CALLBACK).await;
    let token = tokens.body["access_token"].as_str().unwrap();
    let reply = ask(
        &world,
        "/oauth/token/revoke",
        (&row, &secret),
        &[("token", token)],
    )
    .await;
    assert_eq!(reply.status, 200);
    assert_eq!(userinfo(&world, token).await.status, 401);
}

#[tokio::test]
async fn a_public_application_needs_a_verifier() {
    let world = World::new().await;
    let (row, _) = application(&world, true).await;
    let mut ada = world.signed_up("ada@x.example").await;
    let reply = ada
        .get(&format!("/oauth/authorize?{}", query(&row.client_id, &[])))
        .await;
    assert_eq!(
        param(&location(&reply), "error").as_deref(),
        Some("invalid_request")
    );
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, VERIFIER.as_bytes());
    let challenge = URL_SAFE_NO_PAD.encode(digest);
    let more = [
        ("code_challenge", challenge.as_str()),
        ("code_challenge_method", "S256"),
    ];
    let code = code(&mut ada, &row.client_id, &more).await;
    let redeem = async |verifier: &str| {
        let form = [
            ("grant_type", "authorization_code"),
            ("client_id", row.client_id.as_str()),
            ("code", &code),
            ("code_verifier", verifier),
        ];
        world.browser().post("/oauth/token", &form).await
    };
    let reply = redeem(&VERIFIER.replace('a', "b")).await;
    assert_eq!(error(&reply), (400, "invalid_grant"));
    assert_eq!(redeem(VERIFIER).await.status, 200);
}

#[tokio::test]
async fn nobody_is_led_to_strangers_and_strangers_cannot_consent() {
    let world = World::new().await;
    let (row, _) = application(&world, false).await;
    let mut ada = world.signed_up("ada@x.example").await;
    for query in [
        query("unknown", &[]),
        query(&row.client_id, &[("redirect_uri", "https://evil.example/")]),
        query(
            &row.client_id,
            &[("redirect_uri", "https://app.example/callback/../x")],
        ),
    ] {
        let reply = ada.get(&format!("/oauth/authorize?{query}")).await;
        reply.refused(400, "oauth_invalid_request");
        assert!(!reply.headers.contains_key(header::LOCATION));
    }
    for (more, error) in [
        (("scope", "public_metadata"), "invalid_scope"),
        (("scope", "everything"), "invalid_scope"),
        (("response_mode", "fragment"), "invalid_request"),
        (("prompt", "none"), "consent_required"),
    ] {
        let reply = ada
            .get(&format!(
                "/oauth/authorize?{}",
                query(&row.client_id, &[more])
            ))
            .await;
        assert_eq!(param(&location(&reply), "error").as_deref(), Some(error));
    }
    let path = format!(
        "/v1/me/oauth/consent/{}?{}",
        row.client_id,
        query(&row.client_id, &[])
    );
    let denied = ada.post(&path, &[("consented", "false")]).await;
    assert_eq!(
        param(&location(&denied), "error").as_deref(),
        Some("access_denied")
    );
    let foreign = Request::post(format!("/__clerk{path}"))
        .header(header::ORIGIN, "https://evil.example")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
    let reply = ada.send(foreign, Body::from("consented=true")).await;
    reply.refused(400, "origin_invalid");
    let reply = world.browser().post(&path, &[("consented", "true")]).await;
    assert_eq!(reply.status, 401);
}

#[tokio::test]
async fn a_request_may_come_as_a_form() {
    let world = World::new().await;
    let (row, secret) = application(&world, false).await;
    let mut ada = world.signed_up("ada@x.example").await;
    let form = [
        ("response_type", "code"),
        ("client_id", row.client_id.as_str()),
        ("redirect_uri", CALLBACK),
        ("scope", "openid email"),
        ("state", "a state & more"),
    ];
    // Nobody is signed in: the way back is a link, with everything in it.
    let reply = world.browser().post("/oauth/authorize", &form).await;
    let back = param(&location(&reply), "redirect_url").unwrap();
    let back = Url::parse(&back).unwrap();
    assert_eq!(back.path(), "/__clerk/oauth/authorize");
    for (name, value) in form {
        assert_eq!(param(&back, name).as_deref(), Some(value));
    }
    // Signed in, the user is asked, and the answer leads on with what was in the form.
    let reply = ada.post("/oauth/authorize", &form).await;
    assert_eq!(reply.status, 200, "{}", reply.text);
    let (_, rest) = reply
        .text
        .split_once("action=\"http://localhost:3000/__clerk")
        .unwrap();
    let action = rest.split_once('"').unwrap().0.replace("&amp;", "&");
    let reply = ada.post(&action, &[("consented", "true")]).await;
    assert_eq!(reply.status, 303, "{}", reply.text);
    // From now on the form alone is enough.
    for reply in [reply, ada.post("/oauth/authorize", &form).await] {
        assert_eq!(reply.status, 303, "{}", reply.text);
        let there = location(&reply);
        assert!(there.as_str().starts_with(CALLBACK), "{there}");
        assert_eq!(param(&there, "state").as_deref(), Some("a state & more"));
        let code = param(&there, "code").unwrap();
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code.as_str()),
            ("redirect_uri", CALLBACK),
        ];
        let tokens = ask(&world, "/oauth/token", (&row, &secret), &form).await;
        assert_eq!(tokens.body["scope"], "email openid", "{}", tokens.body);
        let token = tokens.body["access_token"].as_str().unwrap();
        let request = Request::post("/__clerk/oauth/userinfo")
            .header(header::AUTHORIZATION, format!("Bearer {token}"));
        let who = world.browser().send(request, Body::empty()).await;
        assert_eq!(who.body["email"], "ada@x.example", "{}", who.body);
    }
    // What is wrong is told in the same way, and to nobody whom the application does not name.
    let wrong = |name, value| form.map(|(own, old)| (own, if own == name { value } else { old }));
    let reply = ada
        .post("/oauth/authorize", &wrong("response_type", "token"))
        .await;
    let error = param(&location(&reply), "error");
    assert_eq!(error.as_deref(), Some("unsupported_response_type"));
    let evil = wrong("redirect_uri", "https://evil.example/");
    let reply = ada.post("/oauth/authorize", &evil).await;
    reply.refused(400, "oauth_invalid_request");
}

#[tokio::test]
async fn applications_register_themselves_where_they_may() {
    let world = World::new().await;
    let register = async |body: Value| {
        let request = Request::post("/__clerk/oauth/register")
            .header(header::ORIGIN, ORIGIN)
            .header(header::CONTENT_TYPE, "application/json");
        world
            .browser()
            .send(request, Body::from(body.to_string()))
            .await
    };
    let body = json!({ "redirect_uris": ["http://localhost:33418/cb"], "token_endpoint_auth_method": "none" });
    register(body.clone())
        .await
        .refused(403, "not_allowed_access");
    let server = world
        .browser()
        .get("/.well-known/oauth-authorization-server")
        .await;
    assert!(server.body["registration_endpoint"].is_null());
    let allow = json!({ "oauth": { "dynamic_client_registration": true } });
    world.idp.change_settings("apis", &allow).await.unwrap();
    let made = register(body).await;
    assert_eq!(made.status, 201, "{}", made.body);
    assert!(made.body["client_secret"].is_null());
    for (uri, wanted) in [
        ("javascript:alert(1)", "invalid_redirect_uri"),
        ("http://app.example/", "invalid_redirect_uri"),
    ] {
        let reply = register(json!({ "redirect_uris": [uri] })).await;
        assert_eq!(error(&reply), (400, wanted));
    }
    assert_eq!(
        error(&register(json!([])).await),
        (400, "invalid_client_metadata")
    );
    let server = world
        .browser()
        .get("/.well-known/oauth-authorization-server")
        .await;
    assert!(server.body["registration_endpoint"].is_string());
    let openid = world
        .browser()
        .get("/.well-known/openid-configuration")
        .await;
    assert_eq!(
        openid.body["code_challenge_methods_supported"],
        json!(["S256"])
    );
}
