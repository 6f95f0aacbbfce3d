//! Rate limits and time limits.

use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::time::Duration;

use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::middleware;
use axum::routing::get as on_get;
use bailiwick_api::{HttpSettings, Rate, request};
use http::{Request, StatusCode};

use super::app::{Answer, get, send, state};

async fn from(router: &axum::Router, peer: &str, forwarded: &str) -> Answer {
    let peer: SocketAddr = peer.parse().unwrap();
    let request = Request::get("/api/v1/config")
        .header("x-forwarded-for", forwarded)
        .extension(ConnectInfo(peer));
    send(router, request.body(Body::empty()).unwrap()).await
}

async fn limited(trusted_proxies: usize) -> axum::Router {
    let burst = NonZeroU32::new(2).unwrap();
    let rate_per_address = Some(Rate {
        per_second: NonZeroU32::MIN,
        burst,
    });
    let settings = HttpSettings {
        rate_per_address,
        trusted_proxies,
        ..HttpSettings::default()
    };
    bailiwick_api::router(state(settings, Vec::new()).await).unwrap()
}

#[tokio::test]
async fn an_address_that_asks_too_often_waits() {
    let app = limited(0).await;
    for forwarded in ["198.51.100.1", "198.51.100.2"] {
        assert_eq!(
            from(&app, "203.0.113.1:1", forwarded).await.status,
            StatusCode::OK
        );
    }
    let refused = from(&app, "203.0.113.1:2", "198.51.100.3").await;
    assert_eq!(refused.code(), "RATE_LIMITED");
    assert_eq!(refused.header("retry-after"), "1");
    assert_eq!(from(&app, "203.0.113.2:1", "").await.status, StatusCode::OK);
    let health = get(&app, "/healthz", &[]).await;
    assert_eq!(health.status, StatusCode::OK);
}

#[tokio::test]
async fn behind_a_proxy_the_client_counts() {
    let app = limited(1).await;
    for client in ["198.51.100.1", "198.51.100.1", "198.51.100.2"] {
        let answer = from(&app, "10.0.0.1:1", &format!("6.6.6.6, {client}")).await;
        assert_eq!(answer.status, StatusCode::OK);
    }
    let refused = from(&app, "10.0.0.1:1", "7.7.7.7, 198.51.100.1").await;
    assert_eq!(refused.code(), "RATE_LIMITED");
}

#[tokio::test]
async fn an_answer_that_takes_too_long_is_given_up() {
    let request_timeout = Duration::from_millis(5);
    let state = state(
        HttpSettings {
            request_timeout,
            ..HttpSettings::default()
        },
        Vec::new(),
    )
    .await;
    let app = axum::Router::new()
        .route("/never", on_get(std::future::pending::<()>))
        .layer(middleware::from_fn_with_state(
            state.clone(),
            request::layer,
        ))
        .with_state(state);
    let answer = get(&app, "/never", &[]).await;
    assert_eq!(answer.code(), "UNAVAILABLE");
    assert_eq!(answer.header("retry-after"), "5");
}
