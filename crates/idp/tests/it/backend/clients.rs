//! Browsers, and attempts of theirs.

use serde_json::json;

use super::world::{World, ids};

#[tokio::test]
async fn browsers_are_listed_with_their_live_sessions() {
    let world = World::new().await;
    let ada = world.user("ada@x.example").await;
    let session = world
        .post("/sessions", json!({ "user_id": ada }))
        .await
        .ok();
    let id = session["client_id"].as_str().unwrap();
    let client = world.get(&format!("/clients/{id}")).await.ok();
    assert_eq!(client["session_ids"], json!([session["id"]]));
    assert_eq!(client["sessions"][0]["user_id"], json!(ada));
    assert_eq!(ids(&world.get("/clients").await.ok()), [id]);
    let page = world.get("/clients?paginated=true").await.ok();
    assert_eq!(page["total_count"], 1);
    let revoke = format!("/sessions/{}/revoke", session["id"].as_str().unwrap());
    world.act(&revoke).await.ok();
    let client = world.get(&format!("/clients/{id}")).await.ok();
    assert_eq!(client["session_ids"], json!([]));
    world
        .get("/clients/client_1")
        .await
        .refused(404, "resource_not_found", "");
    // A browser that servers made has no cookie, and nobody else's opens it.
    for token in ["", id, "guess"] {
        let reply = world
            .post("/clients/verify", json!({ "token": token }))
            .await;
        assert!(
            [404, 422].contains(&reply.status.as_u16()),
            "{}",
            reply.body
        );
    }
}

#[tokio::test]
async fn nobody_has_a_trusted_device() {
    let world = World::new().await;
    let ada = world.user("ada@x.example").await;
    let none = world
        .get(&format!("/users/{ada}/trusted_devices"))
        .await
        .ok();
    assert_eq!(none, json!({ "data": [], "total_count": 0 }));
    let reply = world.get("/users/user_1/trusted_devices").await;
    reply.refused(404, "resource_not_found", "");
}
