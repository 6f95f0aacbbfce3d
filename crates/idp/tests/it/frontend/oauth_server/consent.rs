//! The user is asked, by link or by form, and led to nobody else.

use axum::body::Body;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{Request, header};
use serde_json::{Value, json};
use url::Url;

use super::{CALLBACK, application, ask, code, error, location, param, query, userinfo};
use crate::frontend::world::World;

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
