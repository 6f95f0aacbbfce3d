//! Tokens that sign somebody in: made and taken back.

use http::Method;
use serde_json::json;

use super::world::World;

#[tokio::test]
async fn a_sign_in_token_is_shown_once_and_can_be_taken_back() {
    let world = World::new().await;
    let ada = world.user("ada@x.example").await;
    let token = world
        .post("/sign_in_tokens", json!({ "user_id": ada }))
        .await
        .ok();
    let id = token["id"].as_str().unwrap();
    assert!(id.starts_with("sit_"));
    let secret = token["token"].as_str().unwrap();
    let url = token["url"].as_str().unwrap();
    assert_eq!(
        url,
        format!("http://localhost:3000/__clerk/v1/tickets/accept?ticket={secret}")
    );
    assert_eq!(
        (&token["status"], &token["user_id"]),
        (&json!("pending"), &json!(ada))
    );

    let revoked = world
        .act(&format!("/sign_in_tokens/{id}/revoke"))
        .await
        .ok();
    assert_eq!(revoked["status"], "revoked");
    assert!(revoked["token"].is_null(), "{revoked}");
    let reply = world.act(&format!("/sign_in_tokens/{id}/revoke")).await;
    reply.refused(400, "sign_in_token_cannot_be_revoked", "");
}

#[tokio::test]
async fn tokens_are_for_users_who_exist_and_for_a_bounded_time() {
    let world = World::new().await;
    let ada = world.user("ada@x.example").await;
    let grace = world.user("grace@x.example").await;
    let acme = world.organization("Acme", &ada).await;
    for (body, status, code, param) in [
        (json!({}), 422, "form_param_missing", "user_id"),
        (
            json!({ "user_id": "user_1" }),
            404,
            "resource_not_found",
            "",
        ),
        (
            json!({ "user_id": grace, "org_id": acme }),
            404,
            "resource_not_found",
            "",
        ),
        (
            json!({ "user_id": ada, "expires_in_seconds": 0 }),
            422,
            "form_param_format_invalid",
            "expires_in_seconds",
        ),
        (
            json!({ "user_id": ada, "expires_in_seconds": 99_999_999_999_i64 }),
            422,
            "form_param_format_invalid",
            "expires_in_seconds",
        ),
    ] {
        let reply = world.post("/sign_in_tokens", body).await;
        reply.refused(status, code, param);
    }
    let reply = world.act("/sign_in_tokens/sit_1/revoke").await;
    reply.refused(404, "resource_not_found", "");
    let body = json!({ "user_id": ada, "org_id": acme });
    world.post("/sign_in_tokens", body).await.ok();
}

#[tokio::test]
async fn an_actor_is_somebody_else_in_person() {
    let world = World::new().await;
    let ada = world.user("ada@x.example").await;
    let body = |actor: serde_json::Value| json!({ "user_id": ada, "actor": actor });
    let token = world
        .post(
            "/actor_tokens",
            body(json!({ "sub": "operator-7", "iss": "desk" })),
        )
        .await
        .ok();
    let id = token["id"].as_str().unwrap();
    assert!(id.starts_with("act_") && token["token"].is_string());
    assert_eq!(
        token["actor"],
        json!({ "sub": "operator-7", "iss": "desk" })
    );
    for (actor, code) in [
        (json!({ "sub": ada }), "form_param_value_invalid"),
        (
            json!({ "sub": "a", "act": { "sub": "b" } }),
            "form_param_value_invalid",
        ),
        (
            json!({ "sub": "a", "actor": "b" }),
            "form_param_value_invalid",
        ),
        (json!({}), "form_param_format_invalid"),
        (json!({ "sub": 1 }), "form_param_format_invalid"),
        (
            json!({ "sub": "a", "x": "y".repeat(600) }),
            "form_param_format_invalid",
        ),
    ] {
        let reply = world.post("/actor_tokens", body(actor)).await;
        reply.refused(422, code, "actor");
    }
    let reply = world.post("/actor_tokens", json!({ "user_id": ada })).await;
    reply.refused(422, "form_param_missing", "actor");
    // A token of one kind is none of another.
    world
        .act(&format!("/sign_in_tokens/{id}/revoke"))
        .await
        .refused(404, "resource_not_found", "");
    let revoked = world.act(&format!("/actor_tokens/{id}/revoke")).await.ok();
    assert_eq!(revoked["status"], "revoked");
}

#[tokio::test]
async fn an_agent_has_one_id_and_its_tasks_have_their_own() {
    let world = World::new().await;
    let ada = world.user("ada@x.example").await;
    let body = |on_behalf_of: serde_json::Value, redirect_url: &str| {
        json!({
            "on_behalf_of": on_behalf_of,
            "permissions": "*",
            "agent_name": "mail-sorter",
            "task_description": "Sort the mail",
            "redirect_url": redirect_url,
        })
    };
    let home = "http://localhost:3000/inbox";
    let by_id = body(json!({ "user_id": ada }), home);
    let by_address = body(json!({ "identifier": "ADA@x.example" }), home);
    let first = world.post("/agents/tasks", by_id).await.ok();
    let second = world.post("/agents/tasks", by_address).await.ok();
    assert_eq!(first["agent_id"], second["agent_id"]);
    assert_ne!(first["agent_task_id"], second["agent_task_id"]);
    assert!(
        first["url"]
            .as_str()
            .unwrap()
            .starts_with("http://localhost:3000/__clerk/v1/")
    );
    let id = first["agent_task_id"].as_str().unwrap();
    let revoked = world.act(&format!("/agents/tasks/{id}/revoke")).await.ok();
    assert!(revoked["url"].is_null());
    let elsewhere = body(json!({ "user_id": ada }), "https://evil.example/");
    let reply = world.post("/agents/tasks", elsewhere).await;
    reply.refused(422, "form_param_format_invalid", "redirect_url");
    let nobody = body(json!({ "identifier": "nobody@x.example" }), home);
    let reply = world.post("/agents/tasks", nobody).await;
    reply.refused(404, "resource_not_found", "");
}

#[tokio::test]
async fn testing_tokens_differ_and_say_their_end() {
    let world = World::new().await;
    let first = world.act("/testing_tokens").await.ok();
    let second = world.act("/testing_tokens").await.ok();
    assert_ne!(first["token"], second["token"]);
    assert_eq!(
        first["expires_at"],
        json!(world.time.now().as_second() + 3600)
    );
    let request = world.request(Method::POST, "/testing_tokens");
    let reply = world.send(request.bearer_auth("sk_live_wrong")).await;
    reply.refused(401, "clerk_key_invalid", "");
}
