//! Keys of users, organizations and machines.

use jiff::SignedDuration;
use serde_json::{Value, json};

use super::world::{World, ids};

async fn key(world: &World, subject: &str, name: &str) -> Value {
    let body = json!({
        "name": name, "subject": subject, "scopes": ["read:things"],
        "claims": { "team": 7 }, "seconds_until_expiration": 3600,
    });
    let made = world.post("/api_keys", body).await;
    assert_eq!(made.status, 201, "{}", made.body);
    made.body
}

#[tokio::test]
async fn a_key_is_made_found_changed_and_deleted() {
    let world = World::new().await;
    let ada = world.user("ada@x.example").await;
    let acme = world.organization("Acme", &ada).await;
    let made = key(&world, &ada, "laptop").await;
    assert!(made["secret"].as_str().unwrap().starts_with("ak_"));
    let now = world.time.now().as_millisecond();
    assert_eq!(made["expiration"], json!(now + 3_600_000));
    key(&world, &acme, "laptop").await;

    let path = format!("/api_keys/{}", made["id"].as_str().unwrap());
    let mut shown = made.clone();
    let secret = shown.as_object_mut().unwrap().remove("secret").unwrap();
    assert_eq!(world.get(&path).await.ok(), shown);
    let again = world.get(&format!("{path}/secret")).await.ok();
    assert_eq!(again, json!({ "secret": secret }));
    let list = world.get(&format!("/api_keys?subject={ada}")).await.ok();
    assert_eq!(list, json!({ "data": [shown], "total_count": 1 }));
    let none = world
        .get(&format!("/api_keys?subject={ada}&query=desk"))
        .await
        .ok();
    assert_eq!(none["total_count"], 0);

    let body = json!({
        "description": "the red one", "scopes": [], "claims": null, "subject": acme,
        "seconds_until_expiration": null,
    });
    let reply = world.patch(&path, body.clone()).await;
    // The organization has a key of that name.
    reply.refused(400, "api_key_name_already_exists", "name");
    let mut body = body;
    body.as_object_mut().unwrap().remove("subject");
    let changed = world.patch(&path, body).await.ok();
    assert_eq!(changed["description"], "the red one");
    assert_eq!(
        (
            &changed["claims"],
            &changed["expiration"],
            &changed["scopes"]
        ),
        (&Value::Null, &Value::Null, &json!([]))
    );
    world.delete(&path).await.ok();
    world
        .get(&path)
        .await
        .refused(404, "resource_not_found", "");
    world
        .delete(&path)
        .await
        .refused(404, "resource_not_found", "");
}

#[tokio::test]
async fn a_secret_opens_until_it_is_revoked_too_old_or_its_user_is_banned() {
    let world = World::new().await;
    let ada = world.user("ada@x.example").await;
    let verify = async |secret: &Value| {
        let body = json!({ "secret": secret });
        world.post("/api_keys/verify", body).await
    };
    let first = key(&world, &ada, "first").await;
    let seen = verify(&first["secret"]).await.ok();
    assert_eq!((&seen["id"], &seen["subject"]), (&first["id"], &json!(ada)));
    let path = format!("/api_keys/{}", first["id"].as_str().unwrap());
    let used = world.get(&path).await.ok();
    assert_eq!(
        used["last_used_at"],
        json!(world.time.now().as_millisecond())
    );
    let body = json!({ "revocation_reason": "lost" });
    let revoked = world.post(&format!("{path}/revoke"), body).await.ok();
    assert_eq!(
        (&revoked["revoked"], &revoked["revocation_reason"]),
        (&json!(true), &json!("lost"))
    );
    verify(&first["secret"])
        .await
        .refused(404, "resource_not_found", "");
    let reply = world.get(&format!("{path}/secret")).await;
    reply.refused(404, "resource_not_found", "");
    // The name is free again, and the list has the old one only where asked for.
    let second = key(&world, &ada, "First").await;
    let list = format!("/api_keys?subject={ada}");
    assert_eq!(ids(&world.get(&list).await.ok()).len(), 1);
    let all = world
        .get(&format!("{list}&include_invalid=true"))
        .await
        .ok();
    assert_eq!(ids(&all).len(), 2);

    world.act(&format!("/users/{ada}/ban")).await.ok();
    verify(&second["secret"])
        .await
        .refused(404, "resource_not_found", "");
    world.act(&format!("/users/{ada}/unban")).await.ok();
    verify(&second["secret"]).await.ok();
    world.time.advance(SignedDuration::from_secs(3600));
    verify(&second["secret"])
        .await
        .refused(404, "resource_not_found", "");
    let third = key(&world, &ada, "third").await;
    world.delete(&format!("/users/{ada}")).await.ok();
    verify(&third["secret"])
        .await
        .refused(404, "resource_not_found", "");
    for guess in [json!("ak_guess"), third["id"].clone()] {
        verify(&guess).await.refused(404, "resource_not_found", "");
    }
}

#[tokio::test]
async fn what_cannot_be_a_key_is_refused() {
    let world = World::new().await;
    let ada = world.user("ada@x.example").await;
    key(&world, &ada, "laptop").await;
    for (body, status, code, param) in [
        (
            json!({ "name": "laptop", "subject": ada }),
            409,
            "api_key_name_already_exists",
            "name",
        ),
        (json!({ "subject": ada }), 422, "form_param_missing", "name"),
        (
            json!({ "name": "ab", "subject": ada }),
            422,
            "form_param_format_invalid",
            "name",
        ),
        (
            json!({ "name": "abc", "subject": "user_1" }),
            404,
            "resource_not_found",
            "",
        ),
        (
            json!({ "name": "abc", "subject": "x" }),
            422,
            "form_param_format_invalid",
            "subject",
        ),
        (
            json!({ "name": "abc", "subject": ada, "claims": { "x": "y".repeat(9000) } }),
            422,
            "form_param_format_invalid",
            "claims",
        ),
        (
            json!({ "name": "abc", "subject": ada, "scopes": vec!["s"; 65] }),
            422,
            "form_param_format_invalid",
            "scopes",
        ),
        (
            json!({ "name": "abc", "subject": ada, "created_by": "user_1" }),
            404,
            "resource_not_found",
            "",
        ),
        (
            json!({ "name": "abc", "subject": ada, "type": "scim_key" }),
            422,
            "form_param_format_invalid",
            "type",
        ),
    ] {
        world
            .post("/api_keys", body)
            .await
            .refused(status, code, param);
    }
    world
        .get("/api_keys")
        .await
        .refused(422, "form_param_missing", "subject");
}
