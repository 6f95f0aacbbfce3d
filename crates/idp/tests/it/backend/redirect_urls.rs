//! Addresses outside the application that links may lead to.

use serde_json::json;

use super::world::{World, ids};

#[tokio::test]
async fn an_address_is_added_used_and_removed() {
    let world = World::new().await;
    let invite = |url: &str| json!({ "email_address": "a@x.example", "redirect_url": url });
    let url = "my-app://callback";
    world.post("/invitations", invite(url)).await.refused(
        422,
        "form_param_format_invalid",
        "redirect_url",
    );
    let row = world
        .post("/redirect_urls", json!({ "url": url }))
        .await
        .ok();
    let id = row["id"].as_str().unwrap().to_owned();
    assert_eq!(row["url"], url);
    assert_eq!(world.get(&format!("/redirect_urls/{id}")).await.ok(), row);
    assert_eq!(world.get("/redirect_urls").await.ok(), json!([row]));
    let page = world.get("/redirect_urls?paginated=true").await.ok();
    assert_eq!(
        (ids(&page), &page["total_count"]),
        (vec![id.as_str()], &json!(1))
    );
    world.post("/invitations", invite(url)).await.ok();
    // The whole address, and nothing that begins so.
    world
        .post("/invitations", invite("my-app://callback/more"))
        .await
        .refused(422, "form_param_format_invalid", "redirect_url");
    world
        .post("/redirect_urls", json!({ "url": url }))
        .await
        .refused(422, "duplicate_record", "url");

    let gone = world.delete(&format!("/redirect_urls/{id}")).await.ok();
    assert_eq!(gone["deleted"], true);
    for reply in [
        world.get(&format!("/redirect_urls/{id}")).await,
        world.delete(&format!("/redirect_urls/{id}")).await,
    ] {
        reply.refused(404, "resource_not_found", "");
    }
    let mut other = invite(url);
    other["email_address"] = json!("b@x.example");
    world.post("/invitations", other).await.refused(
        422,
        "form_param_format_invalid",
        "redirect_url",
    );
}

#[tokio::test]
async fn what_would_run_or_lie_is_refused() {
    let world = World::new().await;
    for bad in [
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "http://evil.example/",
        "https://user@evil.example/",
        "/relative",
        "https://x.example/\r\nset-cookie: a=b",
    ] {
        let reply = world.post("/redirect_urls", json!({ "url": bad })).await;
        reply.refused(422, "form_param_format_invalid", "url");
    }
    let reply = world.post("/redirect_urls", json!({})).await;
    reply.refused(422, "form_param_missing", "url");
    assert_eq!(world.get("/redirect_urls").await.ok(), json!([]));
}
