//! Stores that are missing, closed, slow of wit, or not what they seem.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::http::StatusCode;
use bailiwick_kernel::Env;
use bailiwick_outside::storage::{
    MemoryStore, ObjectStore, S3Config, S3ConfigError, S3Store, StorageError,
};
use bytes::Bytes;

use crate::server::{Server, config, key, serve};

/// A server that gives these answers in turn, and the last one for ever.
async fn answering(answers: Vec<(StatusCode, &'static str)>) -> (S3Store, Arc<AtomicUsize>) {
    let count = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&count);
    let app = Router::new().fallback(move || {
        let answers = answers.clone();
        let n = counter.fetch_add(1, Ordering::SeqCst);
        async move { answers[n.min(answers.len() - 1)] }
    });
    (S3Store::new(config(&serve(app).await)).unwrap(), count)
}

#[tokio::test]
async fn a_missing_bucket_and_wrong_credentials_are_errors() {
    let server = Server::start().await;
    let missing = S3Config {
        bucket: "elsewhere".into(),
        ..server.config()
    };
    let error = S3Store::new(missing).unwrap().check().await.unwrap_err();
    assert!(
        matches!(error, StorageError::Status { status: 404, .. }),
        "{error}"
    );
    let wrong = S3Config {
        secret_key: "other".into(),
        ..server.config()
    };
    let wrong = S3Store::new(wrong).unwrap();
    for error in [
        wrong.check().await.unwrap_err(),
        wrong.head(&key("a")).await.unwrap_err(),
        wrong.list(None, None).await.unwrap_err(),
        wrong.delete(&key("a")).await.unwrap_err(),
    ] {
        assert!(
            matches!(error, StorageError::Status { status: 403, .. }),
            "{error}"
        );
        assert!(!error.is_transient());
    }
}

#[tokio::test]
async fn a_missing_bucket_is_no_missing_object() {
    let body = "<Error><Code>NoSuchBucket</Code></Error>";
    let (store, _) = answering(vec![(StatusCode::NOT_FOUND, body)]).await;
    let error = store.get(&key("a"), 10).await.unwrap_err();
    assert!(matches!(&error, StorageError::Status { code, .. } if code == "NoSuchBucket"));
    assert!(store.delete(&key("a")).await.is_err());
    let body = "<Error><Code>NoSuchKey</Code></Error>";
    let (store, _) = answering(vec![(StatusCode::NOT_FOUND, body)]).await;
    assert_eq!(store.get(&key("a"), 10).await.unwrap(), None);
    store.delete(&key("a")).await.unwrap();
}

#[tokio::test]
async fn troubles_of_the_store_are_waited_out() {
    let busy = (
        StatusCode::SERVICE_UNAVAILABLE,
        "<Error><Code>SlowDown</Code></Error>",
    );
    let (store, count) = answering(vec![busy, busy, (StatusCode::OK, "hi")]).await;
    assert_eq!(store.get(&key("a"), 10).await.unwrap().unwrap(), "hi");
    assert_eq!(count.load(Ordering::SeqCst), 3);

    let (store, count) = answering(vec![busy]).await;
    let error = store
        .put(&key("a"), "text/plain", Bytes::new())
        .await
        .unwrap_err();
    assert!(error.is_transient());
    assert_eq!(
        error.to_string(),
        "the object store answered 503 (SlowDown) to put"
    );
    assert_eq!(count.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn a_store_without_conditions_is_found_out() {
    let (store, _) = answering(vec![(StatusCode::OK, "")]).await;
    assert!(matches!(
        store.check_conditions().await,
        Err(StorageError::ConditionIgnored)
    ));
    let (store, _) = answering(vec![(StatusCode::NOT_IMPLEMENTED, "")]).await;
    assert!(matches!(
        store.check_conditions().await,
        Err(StorageError::Status { .. })
    ));
}

#[tokio::test]
async fn lists_that_are_none() {
    for body in ["", "hello", "<ListBucketResult/>x", "<html></html>"] {
        let (store, _) = answering(vec![(StatusCode::OK, body)]).await;
        let error = store.list(None, None).await.unwrap_err();
        assert!(
            matches!(error, StorageError::Malformed { operation: "list" }),
            "{body}"
        );
    }
}

#[tokio::test]
async fn nobody_there() {
    let store = S3Store::new(config("http://127.0.0.1:9")).unwrap();
    let error = store.check().await.unwrap_err();
    assert!(matches!(error, StorageError::Transport { .. }) && error.is_transient());
    assert!(
        !format!("{error:?}").contains("Signature"),
        "signed URLs stay out of logs"
    );

    let store = MemoryStore::new(Env::system());
    store.set_failing(true);
    assert!(store.check().await.unwrap_err().is_transient());
    store.set_failing(false);
    store.check().await.unwrap();
}

#[test]
fn settings_that_name_no_bucket() {
    let base = || config("http://127.0.0.1:9");
    let error = |config| S3Store::new(config).err().unwrap();
    for (config, name) in [
        (
            S3Config {
                bucket: String::new(),
                ..base()
            },
            "bucket",
        ),
        (
            S3Config {
                region: " ".into(),
                ..base()
            },
            "region",
        ),
        (
            S3Config {
                access_key: String::new(),
                ..base()
            },
            "access key",
        ),
        (
            S3Config {
                secret_key: "".into(),
                ..base()
            },
            "secret key",
        ),
    ] {
        assert!(
            matches!(error(config), S3ConfigError::Empty(which) if which == name),
            "{name}"
        );
    }
    for endpoint in ["localhost:9000", "ftp://x", "//x"] {
        let config = S3Config {
            endpoint: Some(endpoint.into()),
            ..base()
        };
        assert!(
            matches!(error(config), S3ConfigError::Endpoint("endpoint")),
            "{endpoint}"
        );
        let config = S3Config {
            public_endpoint: Some(endpoint.into()),
            ..base()
        };
        assert!(matches!(
            error(config),
            S3ConfigError::Endpoint("public endpoint")
        ));
    }
    let by_host = S3Config {
        path_style: false,
        ..base()
    };
    assert!(
        matches!(error(by_host), S3ConfigError::Endpoint("endpoint")),
        "an IP has no hosts"
    );
}
