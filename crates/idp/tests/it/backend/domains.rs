//! The instance's own domain.

use serde_json::json;

use super::world::World;

#[tokio::test]
async fn there_is_one_domain_and_it_stays() {
    let world = World::new().await;
    let list = world.get("/domains").await.ok();
    assert_eq!(list["total_count"], 1);
    let own = &list["data"][0];
    assert_eq!(
        (&own["name"], &own["is_satellite"]),
        (&json!("localhost:3000"), &json!(false))
    );
    assert_eq!(own["frontend_api_url"], "http://localhost:3000/__clerk");
    let path = format!("/domains/{}", own["id"].as_str().unwrap());
    let code = "operation_not_allowed_on_primary_domain";
    world.delete(&path).await.refused(403, code, "");
    let patch = json!({ "name": "evil.example" });
    world
        .patch(&path, patch.clone())
        .await
        .refused(422, code, "");
    world
        .patch("/domains/dmn_none", patch)
        .await
        .refused(404, "resource_not_found", "");
    let body = json!({ "name": "satellite.example", "is_satellite": true });
    world
        .post("/domains", body)
        .await
        .refused(402, "unsupported_subscription_plan_features", "");
    assert_eq!(world.get("/domains").await.ok(), list);
}
