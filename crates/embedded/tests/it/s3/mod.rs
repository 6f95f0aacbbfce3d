//! The object store, through the signer that the product uses.

mod browser;
mod uploads;

use std::path::Path;
use std::time::Duration;

use bailiwick_embedded::s3::{ObjectStore, ObjectStoreConfig, ObjectStoreError};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use reqwest::header::{CONTENT_RANGE, CONTENT_TYPE, ETAG, IF_NONE_MATCH, RANGE};
use reqwest::{Response, StatusCode, Url};
use rusty_s3::actions::ListObjectsV2;
use rusty_s3::{Bucket, Credentials, S3Action, UrlStyle};
use tempfile::TempDir;

use crate::support::temp_dir;

const HOUR: Duration = Duration::from_secs(3600);
/// The origin of a page that is let in.
const PAGE: &str = "http://localhost:3000";
const SHA256: &str = "x-amz-checksum-sha256";

struct Fixture {
    dir: TempDir,
    _store: ObjectStore,
    bucket: Bucket,
    credentials: Credentials,
    http: reqwest::Client,
}

fn config(dir: &Path) -> ObjectStoreConfig {
    ObjectStoreConfig {
        dir: dir.to_owned(),
        port: 0,
        access_key: "local".to_owned(),
        secret_key: "local-secret".to_owned(),
        buckets: vec!["uploads".to_owned()],
        allowed_origins: vec![PAGE.to_owned()],
    }
}

impl Fixture {
    async fn start() -> Self {
        let dir = temp_dir();
        let store = ObjectStore::start(config(dir.path())).await.unwrap();
        let endpoint = store.endpoint().parse().unwrap();
        let bucket = Bucket::new(endpoint, UrlStyle::Path, "uploads", "us-east-1").unwrap();
        let credentials = Credentials::new("local", "local-secret");
        let http = reqwest::Client::builder()
            .timeout(Duration::from_secs(30))
            .build()
            .unwrap();
        Self {
            dir,
            _store: store,
            bucket,
            credentials,
            http,
        }
    }

    /// A URL for an upload that signs these headers.
    fn put_url(&self, key: &str, headers: &[(&str, &str)]) -> Url {
        let mut action = self.bucket.put_object(Some(&self.credentials), key);
        for (name, value) in headers {
            action
                .headers_mut()
                .insert((*name).to_owned(), (*value).to_owned());
        }
        action.sign(HOUR)
    }

    async fn put(&self, url: Url, headers: &[(&str, &str)], body: impl Into<Vec<u8>>) -> Response {
        let mut request = self.http.put(url).body(body.into());
        for (name, value) in headers {
            if *name != "content-length" {
                request = request.header(*name, *value);
            }
        }
        request.send().await.unwrap()
    }

    async fn store(&self, key: &str, body: &str) {
        let response = self.put(self.put_url(key, &[]), &[], body).await;
        assert_eq!(response.status(), StatusCode::OK);
    }

    fn get_url(&self, key: &str) -> Url {
        self.bucket
            .get_object(Some(&self.credentials), key)
            .sign(HOUR)
    }

    async fn get(&self, key: &str) -> Response {
        self.http.get(self.get_url(key)).send().await.unwrap()
    }

    async fn list(&self, query: &[(&str, &str)]) -> rusty_s3::actions::ListObjectsV2Response {
        let mut action = self.bucket.list_objects_v2(Some(&self.credentials));
        for (name, value) in query {
            action
                .query_mut()
                .insert((*name).to_owned(), (*value).to_owned());
        }
        let response = self.http.get(action.sign(HOUR)).send().await.unwrap();
        assert_eq!(response.status(), StatusCode::OK);
        ListObjectsV2::parse_response(&response.text().await.unwrap()).unwrap()
    }
}

fn sha256(content: &[u8]) -> String {
    STANDARD.encode(aws_lc_rs::digest::digest(
        &aws_lc_rs::digest::SHA256,
        content,
    ))
}

#[tokio::test]
async fn stores_what_was_signed_and_tells_all_about_it() {
    let s3 = Fixture::start().await;
    let sum = sha256(b"hello");
    let headers = [
        ("content-length", "5"),
        ("content-type", "text/plain"),
        (SHA256, &sum),
    ];
    let response = s3
        .put(s3.put_url("t/1/a b+ü.txt", &headers), &headers, "hello")
        .await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(
        response.headers()[ETAG],
        "\"5d41402abc4b2a76b9719d911017c592\""
    );

    let response = s3.get("t/1/a b+ü.txt").await;
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()[CONTENT_TYPE], "text/plain");
    assert_eq!(response.headers()["x-content-type-options"], "nosniff");
    assert_eq!(response.text().await.unwrap(), "hello");

    let url = s3
        .bucket
        .head_object(Some(&s3.credentials), "t/1/a b+ü.txt")
        .sign(HOUR);
    let response = s3.http.head(url).send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    assert_eq!(response.headers()["content-length"], "5");
    assert_eq!(response.headers()[CONTENT_TYPE], "text/plain");
    assert_eq!(response.headers()[SHA256], sum.as_str());

    assert_eq!(s3.get("t/1/other").await.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn reads_ranges() {
    let s3 = Fixture::start().await;
    s3.store("digits", "0123456789").await;
    for (range, content, header) in [
        ("bytes=2-4", "234", "bytes 2-4/10"),
        ("bytes=7-", "789", "bytes 7-9/10"),
        ("bytes=-2", "89", "bytes 8-9/10"),
        ("bytes=8-99", "89", "bytes 8-9/10"),
    ] {
        let request = s3.http.get(s3.get_url("digits")).header(RANGE, range);
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), StatusCode::PARTIAL_CONTENT, "{range}");
        assert_eq!(response.headers()[CONTENT_RANGE], header);
        assert_eq!(response.text().await.unwrap(), content);
    }
    let request = s3.http.get(s3.get_url("digits")).header(RANGE, "bytes=10-");
    assert_eq!(
        request.send().await.unwrap().status(),
        StatusCode::RANGE_NOT_SATISFIABLE
    );
}

#[tokio::test]
async fn answers_conditional_reads() {
    let s3 = Fixture::start().await;
    s3.store("cached", "hello").await;
    let e_tag = s3.get("cached").await.headers()[ETAG].clone();
    let request = s3
        .http
        .get(s3.get_url("cached"))
        .header(IF_NONE_MATCH, e_tag);
    assert_eq!(
        request.send().await.unwrap().status(),
        StatusCode::NOT_MODIFIED
    );
    let request = s3
        .http
        .get(s3.get_url("cached"))
        .header("if-match", "\"other\"");
    assert_eq!(
        request.send().await.unwrap().status(),
        StatusCode::PRECONDITION_FAILED
    );
}

#[tokio::test]
async fn lists_in_pages_and_folders() {
    let s3 = Fixture::start().await;
    for key in ["a", "b/1", "b/2", "c/1", "d"] {
        s3.store(key, key).await;
    }
    let mut seen = Vec::new();
    let mut token = None::<String>;
    for _ in 0..4 {
        let mut query = vec![("delimiter", "/"), ("max-keys", "1")];
        query.extend(token.as_deref().map(|token| ("continuation-token", token)));
        let page = s3.list(&query).await;
        seen.extend(page.contents.iter().map(|object| object.key.clone()));
        seen.extend(
            page.common_prefixes
                .iter()
                .map(|folder| folder.prefix.clone()),
        );
        token = page.next_continuation_token;
    }
    assert_eq!(seen, ["a", "b/", "c/", "d"]);
    assert!(token.is_none());
    let keys = s3.list(&[("prefix", "b/")]).await.contents;
    assert_eq!(
        keys.iter()
            .map(|object| object.key.as_str())
            .collect::<Vec<_>>(),
        ["b/1", "b/2"]
    );
    assert_eq!(keys[0].size, Some(3));
    let later = s3.list(&[("start-after", "b/1")]).await.contents;
    assert_eq!(later.first().unwrap().key, "b/2");
}

#[tokio::test]
async fn keeps_objects_and_clears_broken_uploads_over_a_restart() {
    let dir = temp_dir();
    let first = ObjectStore::start(config(dir.path())).await.unwrap();
    let port = first.port();
    let error = ObjectStore::start(config(dir.path())).await.unwrap_err();
    assert!(
        matches!(error, ObjectStoreError::InUse { pid: Some(_), .. }),
        "{error}"
    );
    let taken = ObjectStoreConfig {
        port,
        ..config(&dir.path().join("other"))
    };
    let error = ObjectStore::start(taken).await.unwrap_err();
    assert!(error.to_string().contains(&port.to_string()), "{error}");
    assert!(error.to_string().contains("--s3-port"), "{error}");
    first.stop().await;
    let leftover = dir.path().join("uploads/tmp/.tmpHalf");
    std::fs::write(&leftover, "half").unwrap();
    let second = ObjectStore::start(ObjectStoreConfig {
        port,
        ..config(dir.path())
    });
    let second = second.await.unwrap();
    assert_eq!(second.port(), port);
    assert!(!leftover.exists());
    second.stop().await;
    let named = ObjectStoreConfig {
        buckets: vec!["../up".to_owned()],
        ..config(dir.path())
    };
    let error = ObjectStore::start(named).await.unwrap_err();
    assert!(
        matches!(error, ObjectStoreError::BucketName { .. }),
        "{error}"
    );
}

#[tokio::test]
async fn streams_large_objects_back_unchanged() {
    let s3 = Fixture::start().await;
    let content: Vec<u8> = (0..9_000_001_u32).map(|n| (n % 251) as u8).collect();
    let sum = sha256(&content);
    let headers = [("content-length", "9000001"), (SHA256, &sum)];
    let response = s3
        .put(s3.put_url("large", &headers), &headers, content.clone())
        .await;
    assert_eq!(response.status(), StatusCode::OK);
    let response = s3.get("large").await;
    assert_eq!(response.headers()["content-length"], "9000001");
    assert!(response.bytes().await.unwrap() == content);
}
