//! Ids, headers, and problems where nothing is.

use axum::Router;
use axum::middleware;
use axum::routing::get as on_get;
use bailiwick_api::extract::{Json, Path, Query};
use bailiwick_api::{ApiResult, AppState, HttpSettings, request};
use bailiwick_kernel::id::ProjectId;
use bailiwick_kernel::{PageQuery, Problem};
use http::{Method, Request, StatusCode};

use super::app::{get, public, send, state};

#[tokio::test]
async fn both_prefixes_answer_the_same() {
    let app = public().await;
    let canonical = get(&app, "/api/v1/config", &[]).await;
    let alias = get(&app, "/api/config", &[]).await;
    assert_eq!(canonical.status, StatusCode::OK);
    assert_eq!(canonical.text, alias.text);
    assert_eq!(canonical.json()["proxyUrl"], "/__clerk");
    assert_eq!(canonical.json()["environment"], "development");
    assert_eq!(canonical.header("cache-control"), "no-store");
    assert_ne!(
        canonical.header("x-request-id"),
        alias.header("x-request-id")
    );
}

#[tokio::test]
async fn unknown_paths_tell_strangers_nothing() {
    let app = public().await;
    for path in [
        "/api",
        "/api/",
        "/api/v1",
        "/api/v1/nothing",
        "/api/nothing/x",
        "/portal/api/x",
    ] {
        let stranger = get(&app, path, &[("accept", "text/html")]).await;
        assert_eq!(stranger.code(), "AUTH_REQUIRED", "{path}");
        assert_eq!(stranger.header("www-authenticate"), "Bearer");
        let known = get(&app, path, &[("authorization", "Bearer x")]).await;
        assert_eq!(known.code(), "NOT_FOUND", "{path}");
    }
    for path in [
        "/__clerk/x",
        "/internal/x",
        "/internal",
        "/metrics",
        "/apiary",
    ] {
        let answer = get(&app, path, &[]).await;
        assert_eq!(answer.code(), "NOT_FOUND", "{path}");
    }
}

#[tokio::test]
async fn a_wrong_method_is_a_problem() {
    let request = Request::delete("/api/v1/config")
        .body(axum::body::Body::empty())
        .unwrap();
    let answer = send(&public().await, request).await;
    assert_eq!(answer.code(), "METHOD_NOT_ALLOWED");
    assert!(answer.header("allow").contains("GET"));
}

#[tokio::test]
async fn browsers_are_told_to_be_careful() {
    let app = public().await;
    let answer = get(&app, "/api/v1/config", &[]).await;
    assert_eq!(answer.header("x-content-type-options"), "nosniff");
    assert_eq!(
        answer.header("referrer-policy"),
        "strict-origin-when-cross-origin"
    );
    assert!(
        answer
            .header("content-security-policy")
            .contains("frame-ancestors 'none'")
    );
    assert_eq!(answer.header("strict-transport-security"), "");
    let https = HttpSettings {
        https: true,
        ..HttpSettings::default()
    };
    let app = bailiwick_api::router(state(https, Vec::new()).await).unwrap();
    let answer = get(&app, "/api/nothing", &[]).await;
    assert!(
        answer
            .header("strict-transport-security")
            .starts_with("max-age=")
    );
}

#[tokio::test]
async fn every_code_is_explained() {
    let app = public().await;
    let list = get(&app, "/api/v1/problems", &[]).await.json();
    assert_eq!(
        list.as_array().unwrap().len(),
        bailiwick_kernel::Code::ALL.len()
    );
    let one = get(&app, "/api/v1/problems/RATE_LIMITED", &[]).await.json();
    assert_eq!(one["status"], 429);
    assert_eq!(
        get(&app, "/api/v1/problems/NO_SUCH", &[]).await.code(),
        "NOT_FOUND"
    );
}

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Input {
    name: String,
}

/// Handlers that use the extractors and fail in each way, below the real outermost layer.
async fn probe() -> Router {
    async fn echo(Path(id): Path<ProjectId>, Json(input): Json<Input>) -> Json<String> {
        Json(format!("{id} {}", input.name))
    }
    async fn list(Query(page): Query<PageQuery>) -> Json<usize> {
        Json(page.limit.rows())
    }
    async fn broken() -> ApiResult<()> {
        Err(Problem::internal("password=hunter2").into())
    }
    async fn panicking() {
        panic!("password=hunter2")
    }
    let state: AppState = state(HttpSettings::default(), Vec::new()).await;
    Router::new()
        .route("/echo/{id}", on_get(list).post(echo))
        .route("/list", on_get(list))
        .route("/broken", on_get(broken))
        .route("/panic", on_get(panicking))
        .layer(axum::extract::DefaultBodyLimit::max(64))
        .layer(middleware::from_fn_with_state(
            state.clone(),
            request::layer,
        ))
        .with_state(state)
}

async fn post(path: &str, content_type: &str, body: &str) -> super::app::Answer {
    let request = Request::builder().method(Method::POST).uri(path);
    let request = request.header("content-type", content_type);
    send(
        &probe().await,
        request.body(body.to_owned().into()).unwrap(),
    )
    .await
}

const ID: &str = "0191f3c8-7b1e-7c3a-9d2e-0a1b2c3d4e5f";

#[tokio::test]
async fn extractors_refuse_with_problems() {
    let path = format!("/echo/{ID}");
    let json = "application/json";
    let good = post(&path, json, r#"{"name":"x"}"#).await;
    assert_eq!(
        (good.status, good.text.as_str()),
        (StatusCode::OK, &*format!("\"{ID} x\""))
    );
    assert_eq!(
        post(&path, "text/plain", "{}").await.code(),
        "UNSUPPORTED_MEDIA_TYPE"
    );
    assert_eq!(post(&path, json, "{").await.code(), "MALFORMED_BODY");
    assert_eq!(
        post(&path, json, &"x".repeat(65)).await.code(),
        "PAYLOAD_TOO_LARGE"
    );
    assert_eq!(
        post("/echo/7", json, r#"{"name":"x"}"#).await.code(),
        "NOT_FOUND"
    );
    let refused = post(&path, json, r#"{"nam":"x"}"#).await;
    assert_eq!(refused.code(), "VALIDATION_FAILED");
    let errors = serde_json::json!([{"field": "nam", "message": "is not known"}]);
    assert_eq!(refused.json()["errors"], errors);
}

#[tokio::test]
async fn query_parameters_are_checked_by_name() {
    let app = probe().await;
    assert_eq!(get(&app, "/list", &[]).await.text, "50");
    assert_eq!(get(&app, "/list?limit=7&utm=x", &[]).await.text, "7");
    for (query, field, message) in [
        ("limit=0", "limit", "must be a number from 1 to 100"),
        ("limit=x", "limit", "must be a number from 1 to 100"),
        ("cursor=x", "cursor", "not a cursor of this list"),
    ] {
        let refused = get(&app, &format!("/list?{query}"), &[]).await;
        assert_eq!(refused.code(), "VALIDATION_FAILED");
        let errors = serde_json::json!([{"field": field, "message": message}]);
        assert_eq!(refused.json()["errors"], errors, "{query}");
    }
}

#[tokio::test]
async fn what_broke_stays_inside() {
    for path in ["/broken", "/panic"] {
        let answer = get(&probe().await, path, &[]).await;
        assert_eq!(answer.code(), "INTERNAL");
        assert!(!answer.text.contains("hunter2"), "{}", answer.text);
    }
}
