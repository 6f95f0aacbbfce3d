//! Organizations.

mod create;
mod delete;
mod list;
mod logo;
mod metadata;
mod read;
mod update;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, patch, put};

use super::state::Backend;
use crate::upload::limit;

/// The routes under `/organizations`, but for memberships.
pub(super) fn router() -> Router<Arc<Backend>> {
    Router::new()
        .route("/organizations", get(list::list).post(create::create))
        .route(
            "/organizations/{id}",
            get(read::get).patch(update::update).delete(delete::delete),
        )
        .route(
            "/organizations/{id}/logo",
            put(logo::put).delete(logo::delete).layer(limit()),
        )
        .route(
            "/organizations/{id}/metadata",
            patch(metadata::merge).put(metadata::replace),
        )
}
