//! Signed URLs, with a plain HTTP client in the part of the browser.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use bailiwick_kernel::Env;
use bailiwick_outside::storage::{
    MemoryStore, ObjectKey, ObjectStore, Presigned, S3Config, S3Store, StorageError, UploadRefused,
};
use bytes::Bytes;
use proptest::prelude::*;
use reqwest::{Client, StatusCode};

use crate::server::{Server, config, env_at, key};

const HOUR: Duration = Duration::from_secs(3600);

fn sha256(body: &[u8]) -> [u8; 32] {
    digest(&SHA256, body).as_ref().try_into().unwrap()
}

fn client() -> Client {
    Client::builder()
        .timeout(Duration::from_secs(10))
        .build()
        .unwrap()
}

async fn send(signed: &Presigned, changes: &[(&str, Option<&str>)], body: &str) -> StatusCode {
    let mut headers = signed.headers.clone();
    for (name, value) in changes {
        match value {
            Some(value) => headers.insert((*name).to_owned(), (*value).to_owned()),
            None => headers.remove(*name),
        };
    }
    let mut request = client().put(signed.url.clone());
    for (name, value) in headers {
        request = request.header(name, value);
    }
    request.body(body.to_owned()).send().await.unwrap().status()
}

#[tokio::test]
async fn an_upload_creates_once_and_never_replaces() {
    let server = Server::start().await;
    let store = server.store();
    let key = key("org/org_1/project/p/d");
    let checksum = sha256(b"first");
    let signed = store
        .presign_put(&key, "application/pdf", 5, Some(checksum), HOUR)
        .unwrap();
    let names: Vec<&str> = signed.headers.keys().map(String::as_str).collect();
    assert_eq!(
        names,
        ["content-type", "if-none-match", "x-amz-checksum-sha256"]
    );

    assert_eq!(send(&signed, &[], "first").await, StatusCode::OK);
    let meta = store.head(&key).await.unwrap().unwrap();
    assert_eq!((meta.size, meta.sha256), (5, Some(checksum)));
    assert_eq!(meta.content_type.as_deref(), Some("application/pdf"));

    assert_eq!(
        send(&signed, &[], "first").await,
        StatusCode::PRECONDITION_FAILED
    );
    let other = store
        .presign_put(&key, "application/pdf", 5, None, HOUR)
        .unwrap();
    assert_eq!(
        send(&other, &[], "other").await,
        StatusCode::PRECONDITION_FAILED
    );
    let without = send(&other, &[("if-none-match", None)], "other").await;
    assert!(
        without.is_client_error(),
        "the condition cannot be left out: {without}"
    );
    assert_eq!(store.get(&key, 100).await.unwrap().unwrap(), "first");
}

#[tokio::test]
async fn what_is_signed_must_be_sent() {
    let server = Server::start().await;
    let store = server.store();
    let key = key("org/org_1/d");
    let checksum = sha256(b"12345");
    let signed = store
        .presign_put(&key, "text/plain", 5, Some(checksum), HOUR)
        .unwrap();
    for (changes, body) in [
        (vec![("content-type", Some("text/html"))], "12345"),
        (vec![("content-type", None)], "12345"),
        (vec![("if-none-match", None)], "12345"),
        (vec![("x-amz-checksum-sha256", None)], "12345"),
        (vec![], "1234"),
        (vec![], "123456"),
        (vec![], ""),
        (vec![], "54321"),
    ] {
        let status = send(&signed, &changes, body).await;
        assert!(status.is_client_error(), "{changes:?} {body}: {status}");
    }
    for changed in ["org_1/d", "X-Amz-Expires=3600"] {
        let url = signed
            .url
            .as_str()
            .replace(changed, &changed.replace(['1', '3'], "2"));
        assert_ne!(url, signed.url.as_str());
        let forged = Presigned {
            url: url.parse().unwrap(),
            headers: signed.headers.clone(),
        };
        assert_eq!(
            send(&forged, &[], "12345").await,
            StatusCode::FORBIDDEN,
            "{changed}"
        );
    }
    let late = S3Store::new(S3Config {
        env: env_at(-3700),
        ..server.config()
    })
    .unwrap();
    let late = late.presign_put(&key, "text/plain", 5, None, HOUR).unwrap();
    assert_eq!(
        send(&late, &[], "12345").await,
        StatusCode::FORBIDDEN,
        "an hour has passed"
    );
}

#[tokio::test]
async fn a_download_is_an_attachment_under_its_name() {
    let server = Server::start().await;
    let store = server.store();
    let key = key("org/org_1/d");
    store
        .put(&key, "text/html", Bytes::from_static(b"<b>hi</b>"))
        .await
        .unwrap();
    let minute = Duration::from_secs(60);
    let signed = store
        .presign_get(&key, "Größe \"1\".txt", "text/plain", minute)
        .unwrap();
    assert!(signed.headers.is_empty());
    let answer = client().get(signed.url.clone()).send().await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()["content-type"], "text/plain");
    assert_eq!(answer.headers()["cache-control"], "private, no-store");
    assert_eq!(
        answer.headers()["content-disposition"],
        "attachment; filename=\"Gr__e _1_.txt\"; filename*=UTF-8''Gr%C3%B6%C3%9Fe%20%221%22.txt"
    );
    assert_eq!(answer.text().await.unwrap(), "<b>hi</b>");

    let other = signed.url.as_str().replace("text%2Fplain", "text%2Fhtml");
    assert_eq!(
        client().get(other).send().await.unwrap().status(),
        StatusCode::FORBIDDEN
    );
    let past = S3Store::new(S3Config {
        env: env_at(-90),
        ..server.config()
    })
    .unwrap();
    let past = past.presign_get(&key, "x", "text/plain", minute).unwrap();
    assert_eq!(
        client().get(past.url).send().await.unwrap().status(),
        StatusCode::FORBIDDEN
    );
}

#[tokio::test]
async fn browsers_may_have_another_address() {
    let server = Server::start().await;
    let config = S3Config {
        public_endpoint: Some("https://files.example.com/s3".into()),
        ..server.config()
    };
    let store = S3Store::new(config).unwrap();
    let key = key("org/d");
    let signed = store
        .presign_put(&key, "text/plain", 5, None, HOUR)
        .unwrap();
    assert!(
        signed
            .url
            .as_str()
            .starts_with("https://files.example.com/s3/documents/org/d?")
    );
    let signed = store.presign_get(&key, "x", "text/plain", HOUR).unwrap();
    assert_eq!(signed.url.host_str(), Some("files.example.com"));
    store.check().await.unwrap();
}

#[tokio::test]
async fn amazon_needs_no_endpoint() {
    let server = Server::start().await;
    let config = S3Config {
        endpoint: None,
        path_style: false,
        region: "eu-central-1".into(),
        ..server.config()
    };
    let store = S3Store::new(config).unwrap();
    let signed = store
        .presign_get(&key("a/b"), "x", "text/plain", HOUR)
        .unwrap();
    assert_eq!(
        signed.url.host_str(),
        Some("documents.s3.eu-central-1.amazonaws.com")
    );
    assert_eq!(signed.url.path(), "/a/b");
}

proptest! {
    /// A URL is signed after dots and the like are resolved; a key that is accepted stays itself.
    #[test]
    fn what_is_signed_is_the_key_that_was_asked_for(text in "[A-Za-z0-9_./%\\-]{1,40}") {
        let store = S3Store::new(config("http://127.0.0.1:9")).unwrap();
        if let Ok(key) = text.parse::<ObjectKey>() {
            let signed = store.presign_put(&key, "text/plain", 1, None, HOUR).unwrap();
            let path = format!("/documents/{text}");
            prop_assert_eq!(signed.url.path(), path.as_str());
            prop_assert_eq!(signed.url.host_str(), Some("127.0.0.1"));
        } else {
            prop_assert!(text.contains(['.', '%', '\\']) || text.split('/').any(str::is_empty));
        }
    }
}

#[test]
fn what_cannot_be_signed() {
    let store = MemoryStore::new(Env::system());
    let key = key("a");
    for content_type in ["", " text/plain", "text/plain\n", "text/\u{e4}", "a  b"] {
        let signed = store.presign_put(&key, content_type, 1, None, HOUR);
        assert!(
            matches!(signed, Err(StorageError::ContentType)),
            "{content_type:?}"
        );
    }
    for expires in [Duration::ZERO, Duration::from_millis(999), HOUR * 24 * 8] {
        let signed = store.presign_get(&key, "x", "text/plain", expires);
        assert!(matches!(signed, Err(StorageError::Expiry)), "{expires:?}");
    }
}

#[test]
fn uploads_to_memory_follow_the_same_rules() {
    let store = MemoryStore::new(Env::system());
    let key = key("a");
    let put = |body: &'static str, headers: &BTreeMap<String, String>, signed: &Presigned| {
        store.upload(&signed.url, headers, Bytes::from_static(body.as_bytes()))
    };
    let signed = store
        .presign_put(&key, "text/plain", 2, Some(sha256(b"hi")), HOUR)
        .unwrap();
    assert_eq!(
        put("hi!", &signed.headers, &signed),
        Err(UploadRefused::Headers)
    );
    assert_eq!(
        put("hi", &BTreeMap::new(), &signed),
        Err(UploadRefused::Headers)
    );
    assert_eq!(
        put("ho", &signed.headers, &signed),
        Err(UploadRefused::Checksum)
    );
    assert_eq!(put("hi", &signed.headers, &signed), Ok(()));
    assert_eq!(
        put("hi", &signed.headers, &signed),
        Err(UploadRefused::Exists)
    );
    let other = MemoryStore::new(Env::system());
    assert_eq!(
        other.upload(&signed.url, &signed.headers, Bytes::from_static(b"hi")),
        Err(UploadRefused::Url)
    );
    let download = store.presign_get(&key, "x", "text/plain", HOUR).unwrap();
    assert_eq!(store.download(&download.url).unwrap(), "hi");
    assert_eq!(store.download(&signed.url), None);
}
