//! What a browser is told.

use reqwest::header::ORIGIN;
use reqwest::{Method, StatusCode};

use super::{Fixture, PAGE};

#[tokio::test]
async fn lets_pages_of_allowed_origins_in() {
    let s3 = Fixture::start().await;
    let preflight = async |origin: &str| {
        let request = s3.http.request(Method::OPTIONS, s3.put_url("x", &[]));
        let request = request
            .header(ORIGIN, origin)
            .header("access-control-request-method", "PUT");
        let wanted = "content-type,x-amz-checksum-sha256";
        request
            .header("access-control-request-headers", wanted)
            .send()
            .await
            .unwrap()
    };
    let response = preflight(PAGE).await;
    assert_eq!(response.status(), StatusCode::NO_CONTENT);
    assert_eq!(response.headers()["access-control-allow-origin"], PAGE);
    assert_eq!(
        response.headers()["access-control-allow-headers"],
        "content-type,x-amz-checksum-sha256"
    );
    let methods = response.headers()["access-control-allow-methods"]
        .to_str()
        .unwrap();
    assert!(methods.contains("PUT") && methods.contains("DELETE"));
    let response = preflight("http://evil.example").await;
    assert_eq!(response.status(), StatusCode::FORBIDDEN);
    assert!(
        !response
            .headers()
            .contains_key("access-control-allow-origin")
    );

    s3.store("x", "hello").await;
    let request = s3.http.get(s3.get_url("x")).header(ORIGIN, PAGE);
    let response = request.send().await.unwrap();
    assert_eq!(response.headers()["access-control-allow-origin"], PAGE);
    let exposed = response.headers()["access-control-expose-headers"]
        .to_str()
        .unwrap()
        .to_owned();
    assert!(
        exposed.contains("etag") && exposed.contains("content-range"),
        "{exposed}"
    );
    let refused = s3.http.get(s3.bucket.object_url("x")).header(ORIGIN, PAGE);
    let refused = refused.send().await.unwrap();
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    assert_eq!(
        refused.headers()["access-control-allow-origin"],
        PAGE,
        "a page may read why"
    );
}

#[tokio::test]
async fn defuses_uploaded_pages() {
    let s3 = Fixture::start().await;
    let headers = [("content-type", "text/html; charset=utf-8")];
    s3.put(
        s3.put_url("page", &headers),
        &headers,
        "<script>alert(1)</script>",
    )
    .await;
    assert_eq!(
        s3.get("page").await.headers()["content-security-policy"],
        "sandbox"
    );
}
