//! Keys of users, organizations and machines.

mod create;
mod fields;
mod read;
mod revoke;
mod update;
mod verify;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use super::state::Backend;

/// The routes under `/api_keys`.
pub(super) fn router() -> Router<Arc<Backend>> {
    Router::new()
        .route("/api_keys", get(read::list).post(create::create))
        .route("/api_keys/verify", post(verify::verify))
        .route(
            "/api_keys/{id}",
            get(read::get).patch(update::update).delete(update::delete),
        )
        .route("/api_keys/{id}/secret", get(read::secret))
        .route("/api_keys/{id}/revoke", post(revoke::revoke))
}
