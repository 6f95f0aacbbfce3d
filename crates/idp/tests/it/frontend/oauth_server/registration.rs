//! Applications that register themselves.

use axum::body::Body;
use http::{Request, header};
use serde_json::{Value, json};

use super::error;
use crate::frontend::world::{ORIGIN, World};

#[tokio::test]
async fn applications_register_themselves_where_they_may() {
    let world = World::new().await;
    let register = async |body: Value| {
        let request = Request::post("/__clerk/oauth/register")
            .header(header::ORIGIN, ORIGIN)
            .header(header::CONTENT_TYPE, "application/json");
        world
            .browser()
            .send(request, Body::from(body.to_string()))
            .await
    };
    let body = json!({ "redirect_uris": ["http://localhost:33418/cb"], "token_endpoint_auth_method": "none" });
    register(body.clone())
        .await
        .refused(403, "not_allowed_access");
    let server = world
        .browser()
        .get("/.well-known/oauth-authorization-server")
        .await;
    assert!(server.body["registration_endpoint"].is_null());
    let allow = json!({ "oauth": { "dynamic_client_registration": true } });
    world.idp.change_settings("apis", &allow).await.unwrap();
    let made = register(body).await;
    assert_eq!(made.status, 201, "{}", made.body);
    assert!(made.body["client_secret"].is_null());
    for (uri, wanted) in [
        ("javascript:alert(1)", "invalid_redirect_uri"),
        ("http://app.example/", "invalid_redirect_uri"),
    ] {
        let reply = register(json!({ "redirect_uris": [uri] })).await;
        assert_eq!(error(&reply), (400, wanted));
    }
    assert_eq!(
        error(&register(json!([])).await),
        (400, "invalid_client_metadata")
    );
    let server = world
        .browser()
        .get("/.well-known/oauth-authorization-server")
        .await;
    assert!(server.body["registration_endpoint"].is_string());
    let openid = world
        .browser()
        .get("/.well-known/openid-configuration")
        .await;
    assert_eq!(
        openid.body["code_challenge_methods_supported"],
        json!(["S256"])
    );
}
