//! Logos of organizations, and what the form of a new one begins with.

use axum::body::Body;
use http::{Request, header};
use serde_json::{Value, json};

use super::world::{Browser, ORIGIN, Reply, World};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n0123";

async fn upload(browser: &mut Browser, organization: &str, bytes: &[u8]) -> Reply {
    let path = format!("/v1/organizations/{organization}/logo?_method=PUT");
    let path = browser.own(&path).await;
    let mut body = b"--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"a.html\"\r\ncontent-type: text/html\r\n\r\n".to_vec();
    body.extend_from_slice(bytes);
    body.extend_from_slice(b"\r\n--b--\r\n");
    let request = Request::post(format!("/__clerk{path}"))
        .header(header::ORIGIN, ORIGIN)
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=b");
    browser.send(request, Body::from(body)).await
}

#[tokio::test]
async fn a_logo_is_shown_replaced_and_removed() {
    let world = World::new().await;
    let mut ada = world.signed_up("ada@x.example").await;
    let id = ada.create_organization("Northwind").await;
    let shown = upload(&mut ada, &id, PNG).await.ok().clone();
    assert_eq!(
        (&shown["has_image"], &shown["image_url"]),
        (&json!(true), &shown["logo_url"])
    );
    let url = shown["image_url"].as_str().unwrap().to_owned();
    let path = url.strip_prefix(&format!("{ORIGIN}/__clerk")).unwrap();
    let picture = world.browser().get(path).await;
    assert_eq!(picture.status, 200);
    assert_eq!(picture.headers[header::CONTENT_TYPE], "image/png");
    assert_eq!(picture.headers[header::X_CONTENT_TYPE_OPTIONS], "nosniff");

    for bad in [
        &b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"[..],
        b"<html>",
    ] {
        upload(&mut ada, &id, bad)
            .await
            .refused_param(422, "form_param_format_invalid", "file");
    }
    upload(&mut ada, &id, b"")
        .await
        .refused_param(422, "form_param_missing", "file");
    let mut large = PNG.to_vec();
    large.resize(10 * 1024 * 1024 + 1, 0);
    upload(&mut ada, &id, &large)
        .await
        .refused_param(413, "image_too_large", "file");

    let mut eve = world.signed_up("eve@x.example").await;
    upload(&mut eve, &id, PNG)
        .await
        .refused(404, "resource_not_found");
    let again = upload(&mut ada, &id, PNG).await.ok().clone();
    assert_ne!(again["image_url"], url.as_str());
    assert_eq!(world.browser().get(path).await.status, 404);
    let path = ada.own(&format!("/v1/organizations/{id}/logo")).await;
    assert_eq!(ada.call("DELETE", &path, &[]).await.ok()["deleted"], true);
    let path = ada.own(&format!("/v1/organizations/{id}")).await;
    assert_eq!(ada.get(&path).await.ok()["has_image"], false);
}

#[tokio::test]
async fn a_new_organization_is_named_after_the_address() {
    let world = World::new().await;
    let mut ada = world.signed_up("ada@northwind.example").await;
    let path = ada.own("/v1/me/organization_creation_defaults").await;
    ada.get(&path).await.refused(403, "not_allowed_access");
    let world = World::with(|config| {
        config.settings.organizations.creation_defaults = true;
        config.settings.organizations.users_can_create = false;
    })
    .await;
    let mut ada = world.signed_up("ada@northwind.example").await;
    let path = ada.own("/v1/me/organization_creation_defaults").await;
    let defaults = ada.get(&path).await.ok().clone();
    assert_eq!(defaults["form"]["name"], "Northwind");
    assert_eq!(
        (&defaults["form"]["slug"], &defaults["advisory"]),
        (&json!("northwind"), &Value::Null)
    );
    let path = ada.own("/v1/organizations").await;
    ada.post(&path, &[("name", "Northwind")])
        .await
        .refused(403, "organization_create_not_allowed");
}
