//! Memberships of organizations.

mod create;
mod delete;
mod list;
mod metadata;
mod update;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, patch};

use super::state::Backend;

/// The routes under `/organizations/{id}/memberships`, and `/organization_memberships`.
pub(super) fn router() -> Router<Arc<Backend>> {
    Router::new()
        .route("/organization_memberships", get(list::all))
        .route(
            "/organizations/{id}/memberships",
            get(list::list).post(create::create),
        )
        .route(
            "/organizations/{id}/memberships/{user_id}",
            patch(update::update).delete(delete::delete),
        )
        .route(
            "/organizations/{id}/memberships/{user_id}/metadata",
            patch(metadata::merge),
        )
}
