//! Sessions.

mod create;
mod list;
mod read;
mod refresh;
mod revoke;
mod template;
mod tokens;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use super::state::Backend;
pub(super) use crate::domain::sessions::revoke_all;

/// The routes under `/sessions`.
pub(super) fn router() -> Router<Arc<Backend>> {
    Router::new()
        .route("/sessions", get(list::list).post(create::create))
        .route("/sessions/{id}", get(read::get))
        .route("/sessions/{id}/revoke", post(revoke::revoke))
        .route("/sessions/{id}/refresh", post(refresh::create))
        .route("/sessions/{id}/tokens", post(tokens::create))
        .route("/sessions/{id}/tokens/{template}", post(template::create))
}
