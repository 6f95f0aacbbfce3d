//! What this instance signs beside session tokens opens nothing at the product: its own verifier
//! decides.

use bailiwick_clerk::session::{JwksSource, TokenError, Verifier, VerifierConfig};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use http::{Method, Request, header};
use serde_json::{Value, json};

use super::stage::{BOB, CALLBACK, FORM, Stage};
use crate::frontend::world::ORIGIN;

/// Claims with which a token would pass for a session's of an admin.
fn disguise(stage: &Stage) -> Value {
    json!({
        "sid": stage.id("sessions"), "sts": "active", "v": 2, "fva": [0, 0],
        "o": { "id": stage.id("organizations"), "rol": "admin", "slg": "northwind" },
    })
}

fn verifier(stage: &Stage) -> Verifier {
    let idp = &stage.world().idp;
    let keys = JwksSource::StaticJwks(idp.keys().set().to_string());
    let issuer = idp.config().issuer.clone();
    let config = VerifierConfig::new(issuer, keys, idp.env().clone());
    Verifier::new(config.authorized_parties([ORIGIN])).unwrap()
}

async fn template(stage: &mut Stage, name: &str, more: Value) -> String {
    let mut body = json!({ "name": name, "claims": disguise(stage), "lifetime": 3600 });
    for (field, value) in more.as_object().unwrap() {
        body[field] = value.clone();
    }
    let answer = stage
        .world()
        .server(Method::POST, "/jwt_templates", body)
        .await;
    assert_eq!(answer.0, 200, "{}", answer.1);
    let session = stage.path("/v1/client/sessions/{id}");
    let reply = stage
        .ada
        .post(&format!("{session}/tokens/{name}"), &[])
        .await;
    reply.body["jwt"].as_str().unwrap().to_owned()
}

/// The token that a machine gets, with claims of its own.
async fn machine_token(stage: &Stage) -> String {
    let world = stage.world();
    let (_, machine) = world
        .server(Method::POST, "/machines", json!({ "name": "job" }))
        .await;
    let body = json!({ "token_format": "jwt", "claims": disguise(stage) });
    let request = Request::post("/v1/m2m_tokens")
        .header(
            header::AUTHORIZATION,
            format!("Bearer {}", machine["secret_key"].as_str().unwrap()),
        )
        .header(header::CONTENT_TYPE, "application/json")
        .body(axum::body::Body::from(body.to_string()))
        .unwrap();
    let router = world.idp.backend_router();
    let response = tower::ServiceExt::oneshot(router, request).await.unwrap();
    let bytes = axum::body::to_bytes(response.into_body(), 100_000)
        .await
        .unwrap();
    let body: Value = serde_json::from_slice(&bytes).unwrap();
    body["token"]
        .as_str()
        .unwrap_or_else(|| panic!("{body}"))
        .to_owned()
}

/// What an application of others learns of Ada: who she is, and what it may read.
async fn application_tokens(stage: &mut Stage) -> [String; 2] {
    let asks = [("scope", "openid email")];
    let application = stage.application("openid email profile", &asks).await;
    let form = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("grant_type", "authorization_code")
        .append_pair("code", &application.code)
        .append_pair("redirect_uri", CALLBACK)
        .finish();
    let basic = STANDARD.encode(format!("{}:{}", application.client, application.secret));
    let request = Request::post("/__clerk/oauth/token")
        .header(header::AUTHORIZATION, format!("Basic {basic}"))
        .header(header::CONTENT_TYPE, FORM);
    let reply = stage.world().browser().send(request, form.into()).await;
    ["id_token", "access_token"].map(|name| {
        let token = reply.body[name].as_str();
        token.unwrap_or_else(|| panic!("{}", reply.body)).to_owned()
    })
}

/// The list of cookies that a server gets by way of the browser.
async fn handshake(stage: &mut Stage) -> String {
    let path = format!("/v1/client/handshake?redirect_url={ORIGIN}/");
    let reply = stage.ada.get(&path).await;
    assert_eq!(reply.status, 307, "{}", reply.text);
    stage.ada.jar["__clerk_handshake"].clone()
}

/// The ticket of a link in a mail.
async fn ticket(stage: &Stage) -> String {
    let body = json!({ "email_address": "dora@northwind.example" });
    let (status, answer) = stage
        .world()
        .server(Method::POST, "/invitations", body)
        .await;
    assert_eq!(status, 200, "{answer}");
    stage.world().ticket("dora@northwind.example")
}

/// Its own public key as a shared secret: whoever believes the header verifies with it.
async fn signed_with_the_public_key(stage: &mut Stage) -> String {
    let keys = stage.world().idp.keys().set();
    let secret = keys["keys"][0]["n"].as_str().unwrap().to_owned();
    let more = json!({
        "custom_signing_key": true, "signing_algorithm": "HS256", "signing_key": secret,
    });
    template(stage, "confused", more).await
}

#[tokio::test]
async fn no_other_token_passes_for_a_sessions() {
    let mut stage = Stage::new().await;
    let verifier = verifier(&stage);
    let path = stage.path("/v1/client/sessions/{id}/tokens");
    let own = stage.ada.post(&path, &[]).await.body["jwt"].clone();
    let claims = verifier.verify(own.as_str().unwrap()).await.unwrap();
    assert_eq!(claims.user_id.as_str(), stage.id("users"));

    let plain = template(&mut stage, "plain", json!({})).await;
    assert_eq!(
        verifier.verify(&plain).await.unwrap_err(),
        TokenError::Category
    );
    let [id_token, access_token] = application_tokens(&mut stage).await;
    let others = [
        ("a machine's", machine_token(&stage).await),
        ("an application's", access_token),
        ("who somebody is", id_token),
        ("a handshake", handshake(&mut stage).await),
        ("a ticket", ticket(&stage).await),
        (
            "another algorithm",
            signed_with_the_public_key(&mut stage).await,
        ),
        (
            "a refresh token",
            bailiwick_idp::tokens::refresh_token(&stage.world().idp, stage.id("sessions")),
        ),
    ];
    for (name, token) in others {
        let refused = verifier.verify(&token).await;
        assert!(refused.is_err(), "{name}: {token}");
    }
}

#[tokio::test]
async fn the_header_cannot_be_exchanged() {
    let mut stage = Stage::new().await;
    let verifier = verifier(&stage);
    let path = stage.path("/v1/client/sessions/{id}/tokens");
    let session = stage.ada.post(&path, &[]).await.body["jwt"]
        .as_str()
        .unwrap()
        .to_owned();
    let plain = template(&mut stage, "plain", json!({})).await;
    let parts = |token: &str| token.split('.').map(str::to_owned).collect::<Vec<_>>();
    let (session, plain) = (parts(&session), parts(&plain));
    let mut header: Value =
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(&session[0]).unwrap()).unwrap();
    header["alg"] = "none".into();
    let none = URL_SAFE_NO_PAD.encode(header.to_string());
    for token in [
        [&session[0], &plain[1], &plain[2]]
            .map(String::as_str)
            .join("."),
        [&session[0], &plain[1], &session[2]]
            .map(String::as_str)
            .join("."),
        [none.as_str(), &plain[1], &plain[2]].join("."),
        [none.as_str(), &plain[1], ""].join("."),
    ] {
        assert!(verifier.verify(&token).await.is_err(), "{token}");
    }
    // Whoever is no admin does not become one by the claims that a template is made of.
    let mut bob = stage.world().browser();
    bob.sign_in(BOB).await.ok();
    let own = format!(
        "/v1/client/sessions/{}/tokens/plain",
        bob.session_id().await
    );
    let token = bob.post(&own, &[]).await.body["jwt"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(
        verifier.verify(&token).await.unwrap_err(),
        TokenError::Category
    );
}
