//! The portal of webhooks: at Clerk Svix's, here the console.

use serde_json::Value;

use super::world::World;

#[tokio::test]
async fn the_portal_is_a_link_into_the_console() {
    let world =
        World::with(|config| config.console_url = Some("http://localhost:4400".to_owned())).await;
    for path in ["/webhooks/svix", "/webhooks/svix_url"] {
        let answer: Value = world.act(path).await.ok();
        let url = answer["svix_url"].as_str().unwrap();
        assert!(
            url.starts_with("http://localhost:4400/console/enter?token="),
            "{url}"
        );
    }
    let reply = world.delete("/webhooks/svix").await;
    assert_eq!(reply.status.as_u16(), 204);
}

#[tokio::test]
async fn without_a_console_there_is_no_portal() {
    let world = World::new().await;
    world
        .act("/webhooks/svix_url")
        .await
        .refused(400, "svix_app_missing", "");
}
