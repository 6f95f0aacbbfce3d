//! The operators' listener, and readiness.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use bailiwick_api::{Check, HttpSettings, internal};
use futures::FutureExt as _;
use futures::future::{BoxFuture, join_all};
use http::StatusCode;

use super::app::{get, state};

fn settings() -> HttpSettings {
    let internal_keys = vec!["first-key".into(), "second-key".into()];
    HttpSettings {
        internal_keys,
        ..HttpSettings::default()
    }
}

#[tokio::test]
async fn a_key_opens_and_nothing_else_does() {
    let app = internal::router(state(settings(), Vec::new()).await);
    for path in ["/internal", "/internal/orgs/nothing"] {
        assert_eq!(get(&app, path, &[]).await.code(), "AUTH_REQUIRED");
        for key in ["", "first-ke", "first-key2", "FIRST-KEY"] {
            let answer = get(&app, path, &[("x-api-key", key)]).await;
            assert_eq!(answer.code(), "AUTH_INVALID_KEY", "{key:?}");
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        }
        for key in ["first-key", "second-key"] {
            assert_eq!(
                get(&app, path, &[("x-api-key", key)]).await.code(),
                "NOT_FOUND"
            );
        }
    }
    let keyless = internal::router(state(HttpSettings::default(), Vec::new()).await);
    let answer = get(&keyless, "/internal/x", &[("x-api-key", "")]).await;
    assert_eq!(answer.code(), "AUTH_INVALID_KEY");
}

#[tokio::test]
async fn prometheus_needs_no_key() {
    let app = internal::router(state(settings(), Vec::new()).await);
    let answer = get(&app, "/metrics", &[]).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(answer.header("content-type").starts_with("text/plain"));
}

struct Fixed(&'static str, bool);

impl Check for Fixed {
    fn name(&self) -> &'static str {
        self.0
    }

    fn check(&self) -> BoxFuture<'_, Result<(), String>> {
        let result = if self.1 {
            Ok(())
        } else {
            Err("host=db password=hunter2".to_owned())
        };
        async move { result }.boxed()
    }
}

#[tokio::test]
async fn readiness_follows_the_checks_and_the_drain() {
    let good: Arc<dyn Check> = Arc::new(Fixed("database", true));
    let bad: Arc<dyn Check> = Arc::new(Fixed("keys", false));
    let broken = internal::router(state(settings(), vec![Arc::clone(&good), bad]).await);
    assert_eq!(get(&broken, "/healthz", &[]).await.status, StatusCode::OK);
    let answer = get(&broken, "/readyz", &[]).await;
    assert_eq!(answer.status, StatusCode::SERVICE_UNAVAILABLE);
    assert_eq!(
        answer.json()["checks"][1],
        serde_json::json!({"name": "keys", "ok": false})
    );
    assert!(!answer.text.contains("hunter2"));

    let state = state(settings(), vec![good]).await;
    let app = bailiwick_api::router(state.clone()).unwrap();
    assert_eq!(get(&app, "/readyz", &[]).await.status, StatusCode::OK);
    state.readiness.drain();
    assert_eq!(
        get(&app, "/readyz", &[]).await.status,
        StatusCode::SERVICE_UNAVAILABLE
    );
    assert_eq!(get(&app, "/healthz", &[]).await.status, StatusCode::OK);
}

/// Passes after a while and counts how often it was asked.
#[derive(Default)]
struct Counting(AtomicUsize);

impl Check for Counting {
    fn name(&self) -> &'static str {
        "counting"
    }

    fn check(&self) -> BoxFuture<'_, Result<(), String>> {
        self.0.fetch_add(1, Ordering::Relaxed);
        tokio::task::yield_now().map(Ok).boxed()
    }
}

#[tokio::test]
async fn however_many_ask_for_readiness_each_check_runs_once() {
    let counting = [Arc::new(Counting::default()), Arc::new(Counting::default())];
    let checks = counting.iter().map(|c| Arc::clone(c) as Arc<dyn Check>);
    let state = state(settings(), checks.collect()).await;
    let public = bailiwick_api::router(state.clone()).unwrap();
    let operators = internal::router(state);
    let asked = (0..25).flat_map(|_| [&public, &operators].map(|app| get(app, "/readyz", &[])));
    for answer in join_all(asked).await {
        assert_eq!(answer.status, StatusCode::OK);
        assert_eq!(answer.json()["checks"].as_array().unwrap().len(), 2);
    }
    assert_eq!(
        counting.map(|check| check.0.load(Ordering::Relaxed)),
        [1, 1]
    );
}
