//! Machines and the tokens with which they call each other.

use http::Method;
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::world::{Reply, SECRET_KEY, World, ids};

/// A machine that may call those; id and secret.
async fn machine(world: &World, name: &str, scoped: &[&str]) -> (String, String) {
    let body = json!({ "name": name, "scoped_machines": scoped });
    let machine = world.post("/machines", body).await.ok();
    let text = |name: &str| machine[name].as_str().unwrap().to_owned();
    (text("id"), text("secret_key"))
}

/// A request with the key of a machine.
async fn as_machine(world: &World, key: &str, path: &str, body: Value) -> Reply {
    let request = world.request(Method::POST, path).bearer_auth(key);
    world.send(request.json(&body)).await
}

#[tokio::test]
async fn machines_are_made_found_changed_and_deleted() {
    let world = World::new().await;
    let (billing, secret) = machine(&world, "billing", &[]).await;
    let (mailer, _) = machine(&world, "mailer", &[&billing]).await;
    assert!(billing.starts_with("mch_") && secret.starts_with("ak_"));
    let shown = world.get(&format!("/machines/{mailer}")).await.ok();
    assert_eq!(shown["scoped_machines"][0]["id"], json!(billing));
    assert!(shown["secret_key"].is_null());
    let list = world.get("/machines?query=BILL").await.ok();
    assert_eq!(ids(&list), [billing.as_str()]);
    let list = world.get("/machines?order_by=name").await.ok();
    assert_eq!(ids(&list), [billing.as_str(), mailer.as_str()]);

    let path = format!("/machines/{billing}");
    let body = json!({ "name": "invoices", "default_token_ttl": 60 });
    let changed = world.patch(&path, body).await.ok();
    assert_eq!(
        (&changed["name"], &changed["default_token_ttl"]),
        (&json!("invoices"), &json!(60))
    );
    let reply = world.patch(&path, json!({ "default_token_ttl": 0 })).await;
    reply.refused(422, "form_param_format_invalid", "default_token_ttl");

    let scopes = format!("{path}/scopes");
    let to_mailer = json!({ "to_machine_id": mailer });
    world.post(&scopes, to_mailer.clone()).await.ok();
    let reply = world.post(&scopes, to_mailer).await;
    reply.refused(422, "duplicate_record", "to_machine_id");
    let reply = world
        .post(&scopes, json!({ "to_machine_id": billing }))
        .await;
    reply.refused(422, "duplicate_record", "to_machine_id");
    let reply = world
        .post(&scopes, json!({ "to_machine_id": "mch_1" }))
        .await;
    reply.refused(404, "resource_not_found", "");
    let scope = format!("{scopes}/{mailer}");
    world.delete(&scope).await.ok();
    world
        .delete(&scope)
        .await
        .refused(404, "resource_not_found", "");

    world.delete(&path).await.ok();
    world
        .get(&path)
        .await
        .refused(404, "resource_not_found", "");
    let reply = as_machine(&world, &secret, "/m2m_tokens", json!({})).await;
    reply.refused(401, "clerk_key_invalid", "");
}

#[tokio::test]
async fn a_rotated_secret_stays_good_for_as_long_as_was_said() {
    let world = World::new().await;
    let (id, old) = machine(&world, "billing", &[]).await;
    let secret = format!("/machines/{id}/secret_key");
    assert_eq!(world.get(&secret).await.ok()["secret"], json!(old));
    let rotate = format!("{secret}/rotate");
    let reply = world.post(&rotate, json!({})).await;
    reply.refused(422, "form_param_missing", "previous_token_ttl");
    let reply = world
        .post(&rotate, json!({ "previous_token_ttl": 28_801 }))
        .await;
    reply.refused(422, "form_param_format_invalid", "previous_token_ttl");
    let rotated = world
        .post(&rotate, json!({ "previous_token_ttl": 60 }))
        .await
        .ok();
    let new = rotated["secret"].as_str().unwrap();
    assert_ne!(new, old);
    let mint = async |key: &str| as_machine(&world, key, "/m2m_tokens", json!({})).await;
    assert_eq!((mint(&old).await.status, mint(new).await.status).0, 201);
    assert_eq!(mint(new).await.status, 201);
    world.time.advance(SignedDuration::from_secs(60));
    mint(&old).await.refused(401, "clerk_key_invalid", "");
    assert_eq!(mint(new).await.status, 201);
    let rotated = world
        .post(&rotate, json!({ "previous_token_ttl": 0 }))
        .await
        .ok();
    mint(new).await.refused(401, "clerk_key_invalid", "");
    assert_eq!(mint(rotated["secret"].as_str().unwrap()).await.status, 201);
}

#[tokio::test]
async fn a_token_is_good_where_the_machine_may_present_it() {
    let world = World::new().await;
    let (billing, billing_key) = machine(&world, "billing", &[]).await;
    let (mailer, mailer_key) = machine(&world, "mailer", &[&billing]).await;
    let (_, other_key) = machine(&world, "other", &[]).await;
    for format in ["opaque", "jwt"] {
        let body = json!({
            "token_format": format, "claims": { "job": 7 }, "seconds_until_expiration": 60,
        });
        let made = as_machine(&world, &mailer_key, "/m2m_tokens", body).await;
        assert_eq!(made.status, 201, "{}", made.body);
        let token = made.body["token"].as_str().unwrap();
        assert_eq!(
            (&made.body["subject"], &made.body["scopes"]),
            (&json!(mailer), &json!([billing]))
        );
        let body = json!({ "token": token });
        for key in [&billing_key, &mailer_key, SECRET_KEY] {
            let seen = as_machine(&world, key, "/m2m_tokens/verify", body.clone())
                .await
                .ok();
            assert_eq!(
                (&seen["subject"], &seen["claims"]),
                (&json!(mailer), &json!({ "job": 7 }))
            );
        }
        let reply = as_machine(&world, &other_key, "/m2m_tokens/verify", body.clone()).await;
        reply.refused(404, "resource_not_found", "");
        let forged = format!("{}A", &token[..token.len() - 2]);
        let reply = world
            .post("/m2m_tokens/verify", json!({ "token": forged }))
            .await;
        reply.refused(404, "resource_not_found", "");
        world.time.advance(SignedDuration::from_secs(61));
        let reply = world.post("/m2m_tokens/verify", body).await;
        reply.refused(404, "resource_not_found", "");
    }
}

#[tokio::test]
async fn tokens_are_listed_revoked_and_used_again() {
    let world = World::new().await;
    let (billing, billing_key) = machine(&world, "billing", &[]).await;
    let (mailer, mailer_key) = machine(&world, "mailer", &[]).await;
    let mint = async |body: Value| {
        let made = as_machine(&world, &mailer_key, "/m2m_tokens", body).await;
        assert_eq!(made.status, 201, "{}", made.body);
        made.body
    };
    let first = mint(json!({ "seconds_until_expiration": 600 })).await;
    let again = mint(json!({ "min_remaining_ttl_seconds": 300 })).await;
    assert_eq!(
        (&again["id"], &again["token"]),
        (&first["id"], &first["token"])
    );
    let other = mint(json!({ "min_remaining_ttl_seconds": 900 })).await;
    assert_ne!(other["id"], first["id"]);

    let list = format!("/m2m_tokens?subject={mailer}");
    let all = world.get(&list).await.ok();
    assert_eq!(all["total_count"], 2);
    assert!(all["m2m_tokens"][0]["token"].is_null());
    let request = world.request(Method::GET, &list).bearer_auth(&billing_key);
    world
        .send(request)
        .await
        .refused(403, "not_allowed_access", "");
    let own = format!("/m2m_tokens?subject={billing}");
    let request = world.request(Method::GET, &own).bearer_auth(&billing_key);
    assert_eq!(world.send(request).await.ok()["total_count"], 0);

    let path = format!("/m2m_tokens/{}/revoke", first["id"].as_str().unwrap());
    let body = json!({ "revocation_reason": "lost" });
    let reply = as_machine(&world, &billing_key, &path, body.clone()).await;
    reply.refused(404, "resource_not_found", "");
    let revoked = as_machine(&world, &mailer_key, &path, body).await.ok();
    assert_eq!(
        (&revoked["revoked"], &revoked["revocation_reason"]),
        (&json!(true), &json!("lost"))
    );
    let token = json!({ "token": first["token"] });
    let reply = world.post("/m2m_tokens/verify", token).await;
    reply.refused(404, "resource_not_found", "");
    assert_eq!(world.get(&list).await.ok()["total_count"], 1);
    assert_eq!(
        world.get(&format!("{list}&revoked=true")).await.ok()["total_count"],
        2
    );
}

#[tokio::test]
async fn the_key_of_a_machine_opens_nothing_else() {
    let world = World::new().await;
    let (id, key) = machine(&world, "billing", &[]).await;
    for path in [
        "/users",
        "/machines",
        "/m2m_tokensx",
        "/api_keys?subject=user_1",
    ] {
        let request = world.request(Method::GET, path).bearer_auth(&key);
        world
            .send(request)
            .await
            .refused(401, "clerk_key_invalid", "");
    }
    // And the instance's key is no machine's.
    let reply = world.post("/m2m_tokens", json!({})).await;
    reply.refused(403, "not_allowed_access", "");
    let large = json!({ "claims": { "x": "y".repeat(5000) } });
    let reply = as_machine(&world, &key, "/m2m_tokens", large).await;
    reply.refused(422, "form_param_format_invalid", "claims");
    // What a machine says of itself does not make it another one.
    let body = json!({ "token_format": "jwt", "claims": { "sub": "mch_1", "scopes": "mch_1" } });
    let made = as_machine(&world, &key, "/m2m_tokens", body).await;
    let body = json!({ "token": made.body["token"] });
    let seen = world.post("/m2m_tokens/verify", body).await.ok();
    assert_eq!(
        (&seen["subject"], &seen["scopes"]),
        (&json!(id), &json!([]))
    );
}
