//! What an upload must be, and what a refused one leaves: nothing.

use std::time::{Duration, SystemTime};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::StatusCode;
use rusty_s3::{Credentials, S3Action};

use super::{Fixture, HOUR, SHA256, sha256};
use crate::support::eventually;

#[tokio::test]
async fn refuses_what_was_not_signed() {
    let s3 = Fixture::start().await;
    let headers = [("content-length", "5"), ("content-type", "text/plain")];
    let put = async |key: &str, kind: &str, body: &str| {
        let sent = [("content-type", kind)];
        s3.put(s3.put_url(key, &headers), &sent, body)
            .await
            .status()
    };
    assert_eq!(
        put("type", "text/html", "hello").await,
        StatusCode::FORBIDDEN
    );
    assert_eq!(
        put("long", "text/plain", "hello!").await,
        StatusCode::FORBIDDEN
    );
    assert_eq!(
        put("short", "text/plain", "hell").await,
        StatusCode::FORBIDDEN
    );
    assert_eq!(put("right", "text/plain", "hello").await, StatusCode::OK);

    let mut tampered = s3.get_url("right");
    tampered.set_path("/uploads/wrong");
    let plain = s3.bucket.object_url("right");
    let yesterday = SystemTime::now() - Duration::from_secs(86_400);
    let yesterday = jiff::Timestamp::try_from(yesterday).unwrap();
    let action = s3.bucket.get_object(Some(&s3.credentials), "right");
    let expired = action.sign_with_time(HOUR, &yesterday);
    let stranger = Credentials::new("local", "guessed");
    let guessed = s3.bucket.get_object(Some(&stranger), "right").sign(HOUR);
    for url in [tampered, plain, expired, guessed] {
        let response = s3.http.get(url.clone()).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::FORBIDDEN, "{url}");
    }
    let reused = s3.http.delete(s3.get_url("right")).send().await.unwrap();
    assert_eq!(
        reused.status(),
        StatusCode::FORBIDDEN,
        "signed for another method"
    );
    let keys: Vec<_> = s3
        .list(&[])
        .await
        .contents
        .into_iter()
        .map(|object| object.key)
        .collect();
    assert_eq!(keys, ["right"]);
}

#[tokio::test]
async fn a_wrong_checksum_leaves_nothing() {
    let s3 = Fixture::start().await;
    for (name, sum) in [
        (SHA256, sha256(b"other")),
        ("x-amz-checksum-crc32c", "AAAAAA==".to_owned()),
        ("content-md5", STANDARD.encode([0; 16])),
    ] {
        let headers = [("content-length", "5"), (name, sum.as_str())];
        let response = s3
            .put(s3.put_url("broken", &headers), &headers, "hello")
            .await;
        assert_eq!(response.status(), StatusCode::BAD_REQUEST, "{name}");
        assert!(response.text().await.unwrap().contains("BadDigest"));
        assert_eq!(s3.get("broken").await.status(), StatusCode::NOT_FOUND);
    }
    let uploads = s3.dir.path().join("uploads/tmp");
    assert_eq!(
        std::fs::read_dir(uploads).unwrap().count(),
        0,
        "no upload is left"
    );
    let sums = [
        ("x-amz-checksum-crc32c", "mnG7TA=="),
        (SHA256, &sha256(b"hello")),
    ];
    let response = s3.put(s3.put_url("right", &sums), &sums, "hello").await;
    assert_eq!(response.status(), StatusCode::OK);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_that_breaks_off_leaves_nothing() {
    use std::io::Write;
    let s3 = Fixture::start().await;
    s3.store("kept", "old").await;
    let url = s3.put_url("kept", &[]);
    let uploads = s3.dir.path().join("uploads/tmp");
    let started = || std::fs::read_dir(&uploads).unwrap().count() == 1;
    let mut stream = std::net::TcpStream::connect(("127.0.0.1", url.port().unwrap())).unwrap();
    let target = &url[url::Position::BeforePath..];
    let host = &url[url::Position::BeforeHost..url::Position::AfterPort];
    let head = format!("PUT {target} HTTP/1.1\r\nhost: {host}\r\ncontent-length: 9\r\n\r\n");
    write!(stream, "{head}half").unwrap();
    tokio::task::block_in_place(|| eventually("the upload begins", started));
    assert_eq!(s3.get("kept").await.text().await.unwrap(), "old");
    drop(stream);
    tokio::task::block_in_place(|| eventually("the upload is cleared", || !started()));
    assert_eq!(s3.get("kept").await.text().await.unwrap(), "old");
}

#[tokio::test]
async fn of_many_first_uploads_one_wins() {
    let s3 = Fixture::start().await;
    let put = async |n: usize| {
        let headers = [("if-none-match", "*")];
        let body = format!("content {n}");
        let response = s3.put(s3.put_url("once", &headers), &headers, body).await;
        (n, response.status())
    };
    let outcomes = futures::future::join_all((0..8).map(put)).await;
    let won: Vec<_> = outcomes
        .iter()
        .filter(|(_, status)| status.is_success())
        .collect();
    assert_eq!(won.len(), 1, "{outcomes:?}");
    let lost = |(_, status): &&(usize, StatusCode)| *status == StatusCode::PRECONDITION_FAILED;
    assert_eq!(outcomes.iter().filter(lost).count(), 7, "{outcomes:?}");
    let content = s3.get("once").await.text().await.unwrap();
    assert_eq!(content, format!("content {}", won[0].0));
    // Without the condition an upload replaces, and a deletion makes room.
    s3.store("once", "replaced").await;
    let url = s3
        .bucket
        .delete_object(Some(&s3.credentials), "once")
        .sign(HOUR);
    for _ in 0..2 {
        let response = s3.http.delete(url.clone()).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::NO_CONTENT);
    }
    assert_eq!(s3.get("once").await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn refuses_keys_that_climb() {
    let s3 = Fixture::start().await;
    // A URL library resolves dots before signing; what is left encoded reaches us.
    let mut url = s3.put_url("t/x", &[]);
    url.set_path("/uploads/t/..%2fsecret");
    let response = s3.put(url, &[], "x").await;
    assert!(response.status().is_client_error(), "{}", response.status());
    let elsewhere = s3.put_url("../other/x", &[]);
    assert_eq!(elsewhere.path(), "/other/x");
    let response = s3.put(elsewhere, &[], "x").await;
    assert_eq!(response.status(), StatusCode::NOT_FOUND, "no such bucket");
}
