//! Templates of tokens for other services.

mod create;
mod delete;
mod fields;
mod read;
mod update;

use std::sync::Arc;

use axum::Router;
use axum::routing::get;

use super::state::Backend;

/// The routes under `/jwt_templates`.
pub(super) fn router() -> Router<Arc<Backend>> {
    Router::new()
        .route("/jwt_templates", get(read::list).post(create::create))
        .route(
            "/jwt_templates/{id}",
            get(read::get).patch(update::update).delete(delete::delete),
        )
}
