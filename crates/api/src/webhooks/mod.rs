//! Webhooks of the identity provider.

mod receive;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::post;

use crate::state::AppState;

/// A webhook's body at most. Larger ones are no webhooks.
const BODY_BYTES_MAX: usize = 512 * 1024;

/// The canonical path and the spellings of systems that moved here: one handler.
const PATHS: [&str; 5] = [
    "/api/webhooks/clerk",
    "/webhooks/clerk",
    "/api/v1/webhooks/clerk/events",
    "/api/v1/webhooks/clerk/user-events",
    "/api/v1/webhooks/clerk/organization-events",
];

/// The receiver, under all its names. In no OpenAPI document: only the provider calls it.
pub fn routes() -> Router<AppState> {
    PATHS
        .into_iter()
        .fold(Router::new(), |router, path| {
            router.route(path, post(receive::receive))
        })
        .layer(DefaultBodyLimit::max(BODY_BYTES_MAX))
}
