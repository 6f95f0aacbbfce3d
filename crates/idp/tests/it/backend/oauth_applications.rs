//! Applications of others that ask users for access.

use bailiwick_pg::sql;
use http::Method;
use serde_json::{Value, json};

use super::world::{SECRET_KEY, World, ids};

sql! {
    /// How many pictures there are.
    IMAGES() = "select count(*) from idp.images";
}

async fn images(world: &World) -> i64 {
    world.pool.query_one(&IMAGES, &[]).await.unwrap().get(0)
}

#[tokio::test]
async fn an_application_is_made_found_changed_and_deleted() {
    let world = World::new().await;
    let body = json!({
        "name": "Reports", "redirect_uris": ["https://app.example/cb"], "scopes": "email profile",
    });
    let made = world.post("/oauth_applications", body).await.ok();
    let secret = made["client_secret"].as_str().unwrap();
    assert_eq!(
        (&made["public"], &made["scopes"]),
        (&json!(false), &json!("email profile"))
    );
    let path = format!("/oauth_applications/{}", made["id"].as_str().unwrap());
    let shown = world.get(&path).await.ok();
    assert!(shown["client_secret"].is_null());
    let list = world.get("/oauth_applications?name_query=REP").await.ok();
    assert_eq!(ids(&list), [made["id"].as_str().unwrap()]);
    let rotated = world.act(&format!("{path}/rotate_secret")).await.ok();
    assert_ne!(rotated["client_secret"], json!(secret));
    let body = json!({ "name": "Charts", "public": true, "callback_url": "https://b.example/" });
    let changed = world.patch(&path, body).await.ok();
    assert_eq!(
        (&changed["name"], &changed["pkce_required"]),
        (&json!("Charts"), &json!(true))
    );
    assert_eq!(changed["redirect_uris"], json!(["https://b.example/"]));
    let reply = world.act(&format!("{path}/rotate_secret")).await;
    reply.refused(422, "public_oauth_application", "");
    let reply = world
        .post(&format!("{path}/revoke_token"), json!({ "token": "x" }))
        .await;
    reply.refused(404, "resource_not_found", "");
    let logo = format!("{path}/logo");
    for picture in ["GIF89a....", "GIF87a....", "<svg/>"] {
        let body = format!(
            "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.gif\"\r\n\r\n\
             {picture}\r\n--x--\r\n"
        );
        let request = world
            .request(Method::PUT, &logo)
            .bearer_auth(SECRET_KEY)
            .header("content-type", "multipart/form-data; boundary=x")
            .body(body);
        let reply = world.send(request).await;
        if picture.starts_with("GIF") {
            let url = reply.ok()["client_image_url"].clone();
            assert!(url.as_str().unwrap().contains("/images/uploads/"), "{url}");
        } else {
            reply.refused(422, "form_param_format_invalid", "file");
        }
        // The one before is gone.
        assert_eq!(images(&world).await, 1);
    }
    world.delete(&path).await.ok();
    assert_eq!(images(&world).await, 0);
    world
        .get(&path)
        .await
        .refused(404, "resource_not_found", "");
}

#[tokio::test]
async fn what_is_no_application_and_no_token_is_refused() {
    let world = World::new().await;
    let uris = |uri: &str| json!({ "name": "x", "redirect_uris": [uri] });
    for (body, code, param) in [
        (
            json!({ "redirect_uris": ["https://a.example/"] }),
            "form_param_missing",
            "name",
        ),
        (
            json!({ "name": "x" }),
            "form_param_missing",
            "redirect_uris",
        ),
        (
            uris("javascript:alert(1)"),
            "form_param_format_invalid",
            "redirect_uris",
        ),
        (
            uris("http://a.example/"),
            "form_param_format_invalid",
            "redirect_uris",
        ),
    ] {
        world
            .post("/oauth_applications", body)
            .await
            .refused(422, code, param);
    }
    let mut body = uris("https://a.example/");
    body["scopes"] = json!("everything");
    let reply = world.post("/oauth_applications", body).await;
    reply.refused(422, "form_param_format_invalid", "scopes");
    let path = "/oauth_applications/access_tokens/verify";
    let reply = world
        .post(path, json!({ "access_token": "oat_guess" }))
        .await;
    reply.refused(404, "resource_not_found", "");
    let reply = world
        .post(path, json!({ "access_token": Value::Null }))
        .await;
    reply.refused(422, "form_param_missing", "access_token");
}
