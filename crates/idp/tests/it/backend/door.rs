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

#[tokio::test]
async fn one_object_is_changed_ten_times_in_ten_seconds() {
    let world = World::new().await;
    let (ada, grace) = (
        world.user("ada@x.example").await,
        world.user("grace@x.example").await,
    );
    let acme = world.organization("Acme", &ada).await;
    let own = format!("/organizations/{acme}");
    let member = json!({ "user_id": grace, "role": "org:member" });
    world.post(&format!("{own}/memberships"), member).await.ok();
    let membership = format!("{own}/memberships/{grace}");
    let metadata = json!({ "public_metadata": { "plan": "pro" } });
    for (changes, of) in [
        (
            [
                (format!("/users/{ada}"), json!({ "first_name": "Ada" })),
                (format!("/users/{ada}/metadata"), metadata.clone()),
            ],
            format!("/users/{grace}"),
        ),
        (
            [
                ("/organizations/acme".to_owned(), json!({ "name": "Acme" })),
                (format!("{own}/metadata"), metadata.clone()),
            ],
            "/users".to_owned(),
        ),
        (
            [
                (membership.clone(), json!({ "role": "org:member" })),
                (format!("{membership}/metadata"), metadata.clone()),
            ],
            own.clone(),
        ),
    ] {
        for _ in 0..5 {
            for (path, body) in &changes {
                world.patch(path, body.clone()).await.ok();
            }
        }
        world.time.advance(SignedDuration::from_secs(3));
        for (path, body) in changes {
            let reply = world.patch(&path, body).await;
            reply.refused(429, "too_many_requests", "");
            assert_eq!(reply.headers["retry-after"], "7", "{path}");
        }
        // It is read as ever, and nothing else is any the slower.
        world.get(&of).await.ok();
        world.time.advance(SignedDuration::from_secs(7));
    }
    world.patch(&own, json!({ "name": "Acme" })).await.ok();
}

#[tokio::test]
async fn so_many_invitations_are_sent_in_an_hour() {
    let world = World::new().await;
    let ada = world.user("ada@x.example").await;
    let acme = world.organization("Acme", &ada).await;
    let own = format!("/organizations/{acme}/invitations");
    let one = |number: i32| json!({ "email_address": format!("a{number}@x.example") });
    let member = |number: i32| {
        let mut body = one(number);
        body["role"] = "org:member".into();
        body
    };
    for (path, bound, first, body) in [
        (
            "/invitations".to_owned(),
            100,
            0,
            &one as &dyn Fn(i32) -> serde_json::Value,
        ),
        (own, 250, 0, &member),
    ] {
        // Whether it can be made or not: what counts is that somebody asked.
        for number in first..bound {
            let reply = world.post(&path, body(number % 40)).await;
            assert_ne!(reply.status, 429, "{path} {number}: {}", reply.body);
        }
        world.time.advance(SignedDuration::from_mins(30));
        let reply = world.post(&path, body(first)).await;
        reply.refused(429, "too_many_requests", "");
        assert_eq!(reply.headers["retry-after"], "1800");
        // What is sent in bulk has a bound of its own.
        let bulk = format!("{path}/bulk");
        let reply = world.post(&bulk, json!([body(50)])).await;
        reply.ok();
        world.time.advance(SignedDuration::from_mins(30));
        world.post(&path, body(60)).await.ok();
    }
}
