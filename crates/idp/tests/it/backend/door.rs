//! Who comes in, and how refusals look.

use http::Method;
use jiff::SignedDuration;
use serde_json::json;

use super::world::{SECRET_KEY, World};

#[tokio::test]
async fn only_the_secret_key_opens() {
    let world = World::new().await;
    let users = || world.request(Method::GET, "/users");
    for (request, code) in [
        (users(), "authentication_invalid"),
        (
            users().header("authorization", SECRET_KEY),
            "authentication_invalid",
        ),
        (
            users().basic_auth("x", Some(SECRET_KEY)),
            "authentication_invalid",
        ),
        (users().bearer_auth("sk_live_wrong"), "clerk_key_invalid"),
        (
            users().bearer_auth(&SECRET_KEY[..SECRET_KEY.len() - 1]),
            "clerk_key_invalid",
        ),
        (users().bearer_auth(""), "authentication_invalid"),
        (
            world.request(Method::GET, "/jwks"),
            "authentication_invalid",
        ),
        (
            world.request(Method::GET, "/nothing"),
            "authentication_invalid",
        ),
    ] {
        let reply = world.send(request).await;
        reply.refused(401, code, "");
        assert_eq!(reply.headers["cache-control"], "no-store");
    }
    assert_eq!(world.get("/users").await.ok(), json!([]));
}

#[tokio::test]
async fn unknown_paths_and_methods_are_refused_in_the_envelope() {
    let world = World::new().await;
    world
        .get("/nothing")
        .await
        .refused(404, "resource_not_found", "");
    world
        .delete("/users")
        .await
        .refused(405, "method_not_allowed", "");
}

#[tokio::test]
async fn the_version_is_a_date_in_one_place() {
    let world = World::new().await;
    let get = |path: &str| world.request(Method::GET, path).bearer_auth(SECRET_KEY);
    for version in [
        "2021-02-05",
        "2024-10-01",
        "2025-03-12",
        "2025-04-10",
        "2025-11-10",
    ] {
        let request = get("/users").header("Clerk-API-Version", version);
        world.send(request).await.ok();
        world
            .send(get(&format!("/users?__clerk_api_version={version}")))
            .await
            .ok();
    }
    world.send(get("/users")).await.ok();
    let both =
        get("/users?__clerk_api_version=2026-05-12").header("clerk-api-version", "2026-05-12");
    world
        .send(both)
        .await
        .refused(400, "api_version_invalid", "__clerk_api_version");
}

#[tokio::test]
async fn a_body_must_be_an_object_and_small() {
    let world = World::new().await;
    for body in ["[]", "{", "1", "name=x"] {
        let request = world
            .request(Method::POST, "/organizations")
            .bearer_auth(SECRET_KEY)
            .body(body);
        world
            .send(request)
            .await
            .refused(400, "request_body_invalid", "");
    }
    let large = json!({ "name": "x".repeat(300_000) });
    world
        .post("/organizations", large)
        .await
        .refused(413, "request_body_invalid", "");
}

#[tokio::test]
async fn a_thousand_requests_in_ten_seconds_and_keys_without_bound() {
    let world = World::new().await;
    for _ in 0..1000 {
        assert_eq!(world.get("/nothing").await.status, 404);
    }
    world.time.advance(SignedDuration::from_secs(4));
    let reply = world.get("/users").await;
    reply.refused(429, "too_many_requests", "");
    assert_eq!(reply.headers["retry-after"], "6");
    let keys = world.get("/jwks").await.ok();
    let [key] = &keys["keys"].as_array().unwrap()[..] else {
        panic!("one key: {keys}")
    };
    assert_eq!(
        (&key["kty"], &key["alg"], &key["use"], &key["e"]),
        (
            &json!("RSA"),
            &json!("RS256"),
            &json!("sig"),
            &json!("AQAB")
        )
    );
    assert!(key["kid"].as_str().unwrap().starts_with("ins_"));
    world.time.advance(SignedDuration::from_secs(6));
    world.get("/users").await.ok();
}
