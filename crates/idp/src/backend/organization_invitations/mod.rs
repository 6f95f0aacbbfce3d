//! Invitations to organizations.

mod create;
mod list;
mod read;
mod revoke;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use super::state::Backend;

/// The routes under `/organizations/{id}/invitations`, and the lists elsewhere.
pub(super) fn router() -> Router<Arc<Backend>> {
    Router::new()
        .route("/organization_invitations", get(list::all))
        .route("/users/{id}/organization_invitations", get(list::of_user))
        .route(
            "/organizations/{id}/invitations",
            get(list::list).post(create::create),
        )
        .route("/organizations/{id}/invitations/bulk", post(create::bulk))
        .route(
            "/organizations/{id}/invitations/pending",
            get(list::pending),
        )
        .route(
            "/organizations/{id}/invitations/{invitation_id}",
            get(read::get),
        )
        .route(
            "/organizations/{id}/invitations/{invitation_id}/revoke",
            post(revoke::revoke),
        )
}
