//! The operators' listener: `/internal/*` behind a key, and what Prometheus and balancers read.

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use bailiwick_kernel::{Code, Problem};
use http::header::CONTENT_TYPE;
use secrecy::{ExposeSecret as _, SecretString};
use subtle::{Choice, ConstantTimeEq as _};

use crate::problem::ApiProblem;
use crate::state::AppState;
use crate::{fallback, health, request};

/// The router of the second listener. `/internal` wants a key on every path, known or not.
pub fn router(state: AppState) -> Router {
    let keyed = operations()
        .fallback(fallback::not_found)
        .method_not_allowed_fallback(fallback::method_not_allowed)
        .layer(middleware::from_fn_with_state(state.clone(), require_key));
    Router::new()
        .nest("/internal", keyed)
        .merge(health::routes())
        .route("/metrics", get(metrics))
        .fallback(fallback::not_found)
        .method_not_allowed_fallback(fallback::method_not_allowed)
        .layer(middleware::from_fn_with_state(
            state.clone(),
            request::layer,
        ))
        .with_state(state)
}

/// What operators can do; each resource merges its own here, relative to `/internal`.
fn operations() -> Router<AppState> {
    Router::new()
        .route("/orgs/provision", post(crate::organizations::provision))
        .route("/orgs/plan-sync", post(crate::organizations::plan_sync))
}

async fn metrics(State(state): State<AppState>) -> Response {
    (
        [(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")],
        state.metrics.render(),
    )
        .into_response()
}

async fn require_key(State(state): State<AppState>, request: Request, next: Next) -> Response {
    let Some(given) = request.headers().get("x-api-key") else {
        let problem = Problem::new(Code::AuthRequired).detail("Send the key as X-API-KEY");
        return ApiProblem(problem).into_response();
    };
    if is_known(&state.http.internal_keys, given.as_bytes()) {
        next.run(request).await
    } else {
        ApiProblem::from(Code::AuthInvalidKey).into_response()
    }
}

/// Compares with every key, each in constant time. An empty key is never one.
fn is_known(keys: &[SecretString], given: &[u8]) -> bool {
    let matches = keys
        .iter()
        .map(|key| key.expose_secret().as_bytes().ct_eq(given));
    let known = matches.fold(Choice::from(0), |any, one| any | one);
    !given.is_empty() && bool::from(known)
}
