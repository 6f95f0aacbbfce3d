//! The signed-in user's password and picture.

use axum::body::Body;
use bailiwick_idp::IdpConfig;
use http::{Request, header};
use serde_json::Value;

use super::world::{Browser, ORIGIN, PASSWORD, Reply, World};

const ADA: &str = "ada@northwind.example";
const NEW: &str = "another password";
const PNG: &[u8] = b"\x89PNG\r\n\x1a\n0000IHDR";

async fn change(browser: &mut Browser, current: &str, new: &str) -> Reply {
    let form = [
        ("current_password", current),
        ("new_password", new),
        ("sign_out_of_other_sessions", "true"),
    ];
    browser.post_own("/v1/me/change_password", &form).await
}

#[tokio::test]
async fn a_password_is_changed_by_who_knows_the_old_one() {
    let world = World::new().await;
    let mut ada = world.signed_up(ADA).await;
    let mut elsewhere = world.browser();
    elsewhere.sign_in(ADA).await.ok();
    change(&mut ada, "wrong password", NEW).await.refused_param(
        422,
        "form_password_incorrect",
        "current_password",
    );
    change(&mut ada, PASSWORD, "short").await.refused_param(
        422,
        "form_password_length_too_short",
        "new_password",
    );
    change(&mut ada, PASSWORD, NEW).await.ok();
    // The other browser is signed out, this one is not.
    ada.session().await;
    let sessions = elsewhere.get("/v1/client").await.ok()["sessions"].clone();
    assert_eq!(sessions, Value::Array(Vec::new()));
    world
        .browser()
        .sign_in(ADA)
        .await
        .refused(422, "form_password_incorrect");
    let form = [("identifier", ADA), ("password", NEW)];
    let reply = world.browser().post("/v1/client/sign_ins", &form).await;
    assert_eq!(reply.ok()["status"], "complete");
}

#[tokio::test]
async fn guessing_the_old_password_locks_the_account() {
    let world = World::with(|config| config.lockout.max_attempts = 3).await;
    let mut ada = world.signed_up(ADA).await;
    for _ in 0..3 {
        change(&mut ada, "wrong password", NEW)
            .await
            .refused(422, "form_password_incorrect");
    }
    world
        .browser()
        .sign_in(ADA)
        .await
        .refused(403, "user_locked");
}

fn without_need(config: &mut IdpConfig) {
    config.settings.identification.password.required = false;
}

#[tokio::test]
async fn a_password_is_removed_where_none_is_required() {
    let path = "/v1/me/remove_password";
    let world = World::new().await;
    let mut ada = world.signed_up(ADA).await;
    ada.post_own(path, &[("current_password", PASSWORD)])
        .await
        .refused(400, "password_required");

    let world = World::with(without_need).await;
    let mut ada = world.signed_up(ADA).await;
    ada.post_own(path, &[("current_password", "wrong password")])
        .await
        .refused_param(422, "form_password_incorrect", "current_password");
    let reply = ada.post_own(path, &[("current_password", PASSWORD)]).await;
    assert_eq!(reply.ok()["password_enabled"], false);
    // A new one may be set without an old one.
    let form = [("new_password", NEW)];
    let reply = ada.post_own("/v1/me/change_password", &form).await;
    assert_eq!(reply.ok()["password_enabled"], true);
}

/// Uploads a file as browsers do it.
async fn upload(browser: &mut Browser, name: &str, file: &[u8]) -> Reply {
    let path = browser.own("/v1/me/profile_image").await;
    let mut body = format!(
        "--x\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"a.png\"\r\n\
         Content-Type: image/png\r\n\r\n"
    )
    .into_bytes();
    body.extend(file);
    body.extend(b"\r\n--x--\r\n");
    let request = Request::post(format!("/__clerk{path}"))
        .header(header::ORIGIN, ORIGIN)
        .header(header::CONTENT_TYPE, "multipart/form-data; boundary=x");
    browser.send(request, Body::from(body)).await
}

#[tokio::test]
async fn a_picture_is_uploaded_shown_and_removed() {
    let world = World::new().await;
    let mut ada = world.signed_up(ADA).await;
    let reply = upload(&mut ada, "file", PNG).await;
    let url = reply.ok()["public_url"].as_str().unwrap().to_owned();
    let user = ada.session().await["user"].clone();
    assert_eq!(
        (&user["has_image"], user["image_url"].as_str()),
        (&true.into(), Some(url.as_str()))
    );
    let path = url.strip_prefix("http://localhost:3000/__clerk").unwrap();
    let picture = world.browser().get(path).await;
    assert_eq!(picture.headers["content-type"], "image/png");
    assert_eq!(picture.headers["x-content-type-options"], "nosniff");
    assert!(
        picture.headers["content-security-policy"]
            .to_str()
            .unwrap()
            .contains("sandbox")
    );

    // A new one takes the old one's place.
    let reply = upload(&mut ada, "file", b"GIF89a....").await;
    let next = reply.ok()["public_url"].as_str().unwrap().to_owned();
    assert_ne!(next, url);
    assert_eq!(world.browser().get(path).await.status, 404);
    let reply = ada.call_own("DELETE", "/v1/me/profile_image", &[]).await;
    assert_eq!(reply.ok()["deleted"], true);
    let user = ada.session().await["user"].clone();
    assert_eq!(user["has_image"], false);
    ada.call_own("DELETE", "/v1/me/profile_image", &[])
        .await
        .refused(404, "resource_not_found");
}

#[tokio::test]
async fn what_is_no_picture_is_refused_whatever_it_is_called() {
    let world = World::new().await;
    let mut ada = world.signed_up(ADA).await;
    for bad in [
        &b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"[..],
        b"<html><script>alert(1)</script>",
        b"\x7fELF",
    ] {
        upload(&mut ada, "file", bad)
            .await
            .refused_param(422, "form_param_format_invalid", "file");
    }
    upload(&mut ada, "other", PNG)
        .await
        .refused_param(422, "form_param_missing", "file");
    upload(&mut ada, "file", b"")
        .await
        .refused_param(422, "form_param_missing", "file");
    let mut large = PNG.to_vec();
    large.resize(10 * 1024 * 1024 + 1, 0);
    upload(&mut ada, "file", &large)
        .await
        .refused(413, "image_too_large");
    large.resize(12 * 1024 * 1024, 0);
    upload(&mut ada, "file", &large)
        .await
        .refused(413, "image_too_large");
    ada.post_own("/v1/me/profile_image", &[("file", "x")])
        .await
        .refused(422, "form_param_format_invalid");
    let user = ada.session().await["user"].clone();
    assert_eq!(user["has_image"], false);
}

#[tokio::test]
async fn no_write_of_the_profile_is_taken_from_a_foreign_page() {
    let world = World::new().await;
    let ada = world.signed_up(ADA).await;
    for path in [
        "/v1/me/change_password",
        "/v1/me/remove_password",
        "/v1/me/profile_image",
        "/v1/me/profile_image?_method=DELETE",
        "/v1/me/email_addresses",
        "/v1/me/email_addresses/idn_1?_method=DELETE",
        "/v1/me/email_addresses/idn_1/prepare_verification",
        "/v1/me/email_addresses/idn_1/attempt_verification",
        "/v1/me/phone_numbers",
        "/v1/me/phone_numbers/idn_1?_method=PATCH",
        "/v1/me/phone_numbers/idn_1?_method=DELETE",
        "/v1/me/phone_numbers/idn_1/prepare_verification",
        "/v1/me/phone_numbers/idn_1/attempt_verification",
        "/v1/client/sign_ups",
        "/v1/client/sign_ins",
        "/v1/verify?token=x",
    ] {
        for origin in [
            None,
            Some("null"),
            Some("http://evil.example"),
            Some("http://localhost:3001"),
        ] {
            let mut request = Request::post(format!("/__clerk{path}"))
                .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded");
            if let Some(origin) = origin {
                request = request.header(header::ORIGIN, origin);
            }
            let reply = ada.clone().send(request, Body::from("x=y")).await;
            reply.refused(400, "origin_invalid");
        }
    }
}

#[tokio::test]
async fn the_current_password_is_demanded_where_no_fresh_factor_is() {
    let world = World::with(|config| config.settings.factors.reverification = false).await;
    let mut ada = world.signed_up(ADA).await;
    change(&mut ada, "", NEW)
        .await
        .refused_param(422, "form_param_missing", "current_password");
    // Otherwise the components do not ask for it.
    let world = World::new().await;
    let mut ada = world.signed_up(ADA).await;
    change(&mut ada, "", NEW).await.ok();
    world.time.advance(jiff::SignedDuration::from_mins(10));
    change(&mut ada, "", PASSWORD)
        .await
        .refused(403, "session_reverification_required");
}
