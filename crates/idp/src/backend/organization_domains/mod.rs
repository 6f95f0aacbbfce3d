//! Domains of organizations.

mod change;
mod list;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, patch, post};

use super::state::Backend;

/// The routes under `/organizations/{id}/domains`, and `/organization_domains`.
pub(super) fn router() -> Router<Arc<Backend>> {
    Router::new()
        .route("/organization_domains", get(list::all))
        .route(
            "/organizations/{id}/domains",
            get(list::list).post(change::create),
        )
        .route(
            "/organizations/{id}/domains/{domain_id}",
            patch(change::update).delete(change::delete),
        )
        .route(
            "/organizations/{id}/domains/{domain_id}/verify_ownership",
            post(change::verify_ownership),
        )
}
