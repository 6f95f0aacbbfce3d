//! What a code and a token are good for, and for whom.

use bailiwick_idp::store::oauth::applications::Application;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use serde_json::json;

use super::{CALLBACK, application, ask, code, error, location, param, query, userinfo};
use crate::frontend::world::World;

const VERIFIER: &str = "a-verifier-of-at-least-43-characters-0123456789";

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
