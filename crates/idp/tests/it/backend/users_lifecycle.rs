//! Users: deleted, banned, locked; their passwords.

use serde_json::json;

use super::world::World;

#[tokio::test]
async fn a_deleted_user_is_gone_with_memberships() {
    let world = World::new().await;
    let body = json!({ "email_address": ["ada@x.example"], "external_id": "crm-1" });
    let user = world.post("/users", body.clone()).await.ok();
    let id = user["id"].as_str().unwrap();
    world.organization("Acme", id).await;
    let deleted = world.delete(&format!("/users/{id}")).await.ok();
    assert_eq!(
        (&deleted["id"], &deleted["deleted"]),
        (&json!(id), &json!(true))
    );
    assert_eq!(deleted["object"], "user");
    world
        .get(&format!("/users/{id}"))
        .await
        .refused(404, "resource_not_found", "");
    world
        .delete(&format!("/users/{id}"))
        .await
        .refused(404, "resource_not_found", "");
    assert_eq!(
        world.said_types(3).await,
        ["organizationMembership.deleted", "user.deleted"]
    );
    let (_, data) = world.said().await.pop().unwrap();
    assert_eq!(
        (&data["id"], &data["external_id"]),
        (&json!(id), &json!("crm-1"))
    );
    // Address and external id are free again.
    world.post("/users", body).await.ok();
}

#[tokio::test]
async fn the_banned_and_the_locked() {
    let world = World::new().await;
    let id = world.user("ada@x.example").await;
    let session = world.post("/sessions", json!({ "user_id": id })).await.ok();
    let act = async |verb: &str| world.act(&format!("/users/{id}/{verb}")).await.ok();

    assert_eq!(act("ban").await["banned"], true);
    let session = format!("/sessions/{}", session["id"].as_str().unwrap());
    assert_eq!(world.get(&session).await.ok()["status"], "revoked");
    assert_eq!(
        world.said_types(2).await,
        ["user.updated", "session.revoked"]
    );
    world
        .post("/sessions", json!({ "user_id": id }))
        .await
        .refused(403, "user_banned", "");
    assert_eq!(act("unban").await["banned"], false);

    let locked = act("lock").await;
    assert_eq!(
        (&locked["locked"], &locked["lockout_expires_in_seconds"]),
        (&json!(true), &json!(900))
    );
    assert_eq!(act("unlock").await["locked"], false);
    world
        .act("/users/user_1/ban")
        .await
        .refused(404, "resource_not_found", "");
}

#[tokio::test]
async fn passwords_are_verified() {
    let world = World::new().await;
    let user = world
        .post("/users", json!({ "password": "correct horse" }))
        .await
        .ok();
    let path = format!("/users/{}", user["id"].as_str().unwrap());
    let verify = format!("{path}/verify_password");
    let right = world
        .post(&verify, json!({ "password": "correct horse" }))
        .await
        .ok();
    assert_eq!(right, json!({ "verified": true }));
    let wrong = world
        .post(&verify, json!({ "password": "wrong horse" }))
        .await;
    wrong.refused(422, "incorrect_password", "password");
    world
        .post(&verify, json!({}))
        .await
        .refused(422, "form_param_missing", "password");
    world
        .patch(&path, json!({ "password": "another horse" }))
        .await
        .ok();
    world
        .post(&verify, json!({ "password": "another horse" }))
        .await
        .ok();

    let nobody = world.user("ada@x.example").await;
    let reply = world
        .post(
            &format!("/users/{nobody}/verify_password"),
            json!({ "password": "x" }),
        )
        .await;
    reply.refused(400, "no_password_set", "");
}
