//! Users: many at once; passwords taken away.

use serde_json::json;

use super::world::{World, ids};

#[tokio::test]
async fn users_are_banned_together_or_not_at_all() {
    let world = World::new().await;
    let ada = world.user("ada@x.example").await;
    let grace = world.user("grace@x.example").await;
    let session = world
        .post("/sessions", json!({ "user_id": ada }))
        .await
        .ok();
    let body = json!({ "user_ids": [ada, "user_1"] });
    let reply = world.post("/users/ban", body).await;
    reply.refused(404, "resource_not_found", "");
    assert_eq!(
        world.get(&format!("/users/{ada}")).await.ok()["banned"],
        false
    );

    let said = world.said().await.len();
    let body = json!({ "user_ids": [ada, grace, ada] });
    let banned = world.post("/users/ban", body.clone()).await.ok();
    assert_eq!(ids(&banned).len(), 2);
    assert!(
        banned
            .as_array()
            .unwrap()
            .iter()
            .all(|user| user["banned"] == true)
    );
    let path = format!("/sessions/{}", session["id"].as_str().unwrap());
    assert_eq!(world.get(&path).await.ok()["status"], "revoked");
    let events = world.said_types(said).await;
    assert_eq!(
        events
            .iter()
            .filter(|event| *event == "user.updated")
            .count(),
        2
    );

    let unbanned = world.post("/users/unban", body).await.ok();
    assert!(
        unbanned
            .as_array()
            .unwrap()
            .iter()
            .all(|user| user["banned"] == false)
    );
    for bad in [json!({}), json!({ "user_ids": [] })] {
        let reply = world.post("/users/ban", bad).await;
        reply.refused(422, "form_param_missing", "user_ids");
    }
    let many: Vec<String> = (0..101).map(|n| format!("user_{n}")).collect();
    let reply = world.post("/users/ban", json!({ "user_ids": many })).await;
    reply.refused(422, "form_param_format_invalid", "user_ids");
}

#[tokio::test]
async fn a_password_is_taken_away_and_the_sessions_where_asked() {
    let world = World::new().await;
    let user = world
        .post("/users", json!({ "password": "correct horse" }))
        .await
        .ok();
    let id = user["id"].as_str().unwrap();
    let session = world.post("/sessions", json!({ "user_id": id })).await.ok();
    let path = format!("/users/{id}/remove_password");
    let user = world
        .post(&path, json!({ "sign_out_of_other_sessions": true }))
        .await
        .ok();
    assert_eq!(user["password_enabled"], false);
    let session = format!("/sessions/{}", session["id"].as_str().unwrap());
    assert_eq!(world.get(&session).await.ok()["status"], "revoked");
    world.act(&path).await.refused(400, "no_password_set", "");
    world
        .act("/users/user_1/remove_password")
        .await
        .refused(404, "resource_not_found", "");
}
