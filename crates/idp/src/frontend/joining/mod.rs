//! How the signed-in user comes into organizations of others.

pub mod invitations;
pub mod suggestions;
pub mod tickets;

use axum::Router;
use axum::routing::{get, post};

use super::Frontend;

/// The routes of somebody who is invited.
pub fn routes() -> Router<Frontend> {
    Router::new()
        .route("/tickets/accept", get(tickets::accept))
        .route("/me/organization_invitations", get(invitations::list))
        .route(
            "/me/organization_invitations/{id}/accept",
            post(invitations::accept),
        )
        .route(
            "/me/organization_creation_defaults",
            get(super::organizations::defaults::get),
        )
        .route("/me/organization_suggestions", get(suggestions::list))
        .route(
            "/me/organization_suggestions/{id}/accept",
            post(suggestions::accept),
        )
}
