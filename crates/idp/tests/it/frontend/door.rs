//! What is let in: origins, methods, paths, bodies.

use axum::body::Body;
use http::{Request, header};

use super::world::{ORIGIN, World};

const ADA: &str = "ada@northwind.example";
const FORM: &str = "application/x-www-form-urlencoded";

#[tokio::test]
async fn a_write_names_one_origin_that_is_ours() {
    let world = World::new().await;
    let mut browser = world.signed_up(ADA).await;
    let session = browser.session_id().await;
    let path = format!("/__clerk/v1/client/sessions/{session}/touch");
    for origin in [
        None,
        Some(""),
        Some("null"),
        Some("http://evil.example"),
        Some("http://localhost:3001"),
        Some("https://localhost:3000"),
        Some("http://localhost:3000.evil.example"),
        Some("http://LOCALHOST:3000"),
    ] {
        for method in ["POST", "PUT", "PATCH", "DELETE"] {
            let mut request = Request::builder().method(method).uri(&path);
            if let Some(origin) = origin {
                request = request.header(header::ORIGIN, origin);
            }
            browser
                .send(request, Body::empty())
                .await
                .refused(400, "origin_invalid");
        }
    }
    let twice = Request::post(&path)
        .header(header::ORIGIN, ORIGIN)
        .header(header::ORIGIN, ORIGIN);
    browser
        .send(twice, Body::empty())
        .await
        .refused(400, "origin_invalid");
    // A page of another origin on the same host gets nothing to read either.
    let read = Request::get("/__clerk/v1/client").header(header::ORIGIN, "http://localhost:4000");
    let reply = browser.send(read, Body::empty()).await;
    reply.refused(400, "origin_invalid");
    assert!(
        !reply
            .headers
            .contains_key(header::ACCESS_CONTROL_ALLOW_ORIGIN)
    );
    let good = Request::post(&path).header(header::ORIGIN, ORIGIN);
    browser.send(good, Body::empty()).await.ok();
}

#[tokio::test]
async fn the_method_may_stand_in_the_query_of_a_post() {
    let world = World::new().await;
    let mut browser = world.signed_up(ADA).await;
    let path = browser.own("/v1/me").await;
    let reply = browser
        .call("patch", &path, &[("first_name", "Ada"), ("last_name", "")])
        .await;
    assert_eq!(reply.ok()["first_name"], "Ada");
    browser
        .call("TRACE", &path, &[])
        .await
        .refused(405, "method_not_allowed");
    let path = browser.own("/v1/me?_method=DELETE").await;
    browser.get(&path).await.ok();
    assert_eq!(browser.session().await["user"]["first_name"], "Ada");
}

#[tokio::test]
async fn a_trailing_slash_does_not_matter_and_an_unknown_path_is_json() {
    let world = World::new().await;
    let mut browser = world.signed_up(ADA).await;
    let path = browser.own("/v1/me/").await;
    browser.get(&path).await.ok();
    browser.get("/v1/client/").await.ok();
    browser
        .get("/v1/nothing")
        .await
        .refused(404, "resource_not_found");
    browser
        .get("/nothing")
        .await
        .refused(404, "resource_not_found");
    browser
        .get("/v1/client/sign_ins")
        .await
        .refused(405, "method_not_allowed");
    browser
        .call("PUT", "/v1/me", &[])
        .await
        .refused(405, "method_not_allowed");
}

#[tokio::test]
async fn bodies_are_forms_of_a_bounded_size() {
    let world = World::new().await;
    let mut browser = world.browser();
    let post = |kind: &str| {
        Request::post("/__clerk/v1/client/sign_ups")
            .header(header::ORIGIN, ORIGIN)
            .header(header::CONTENT_TYPE, kind)
    };
    let large = format!("email_address={}", "a".repeat(70_000));
    browser
        .send(post(FORM), Body::from(large))
        .await
        .refused(413, "request_body_too_large");
    let json = Body::from(r#"{"email_address":"a@x.example"}"#);
    browser
        .send(post("application/json"), json)
        .await
        .refused(415, "unsupported_content_type");
    for malformed in [
        "email_address=%ff%fe",
        "email_address=a%00b",
        &"a=b&".repeat(300),
    ] {
        let body = Body::from(malformed.to_owned());
        browser
            .send(post(FORM), body)
            .await
            .refused(400, "request_body_invalid");
    }
    for odd in ["", "&&&", "=", "%", "email_address", "email_address=%zz"] {
        let reply = browser.send(post(FORM), Body::from(odd)).await;
        assert!(
            matches!(reply.status.as_u16(), 200 | 422),
            "{odd}: {}",
            reply.body
        );
    }
    let kind = "application/x-www-form-urlencoded; charset=UTF-8";
    browser
        .send(post(kind), Body::from("email_address=a%40x.example"))
        .await
        .ok();
}

#[tokio::test]
async fn odd_cookies_are_nobody() {
    let world = World::new().await;
    let mut browser = world.signed_up(ADA).await;
    let name = browser
        .jar
        .keys()
        .find(|key| key.starts_with("__client_") && !key.starts_with("__client_uat"));
    let name = name.unwrap().clone();
    for value in ["", "x", "' or 1=1 --", &"x".repeat(5000)] {
        browser.jar.insert(name.clone(), value.to_owned());
        assert!(browser.get("/v1/client").await.ok().is_null());
        assert_eq!(browser.jar["__client_uat"], "0");
    }
}
