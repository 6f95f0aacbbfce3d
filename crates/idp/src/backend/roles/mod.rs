//! Roles, permissions and role sets.

mod change;
mod permissions;
mod read;
mod sets;

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use super::state::Backend;

/// The routes under `/organization_roles`, `/organization_permissions` and `/role_sets`.
pub(super) fn router() -> Router<Arc<Backend>> {
    Router::new()
        .route("/organization_roles", get(read::list).post(change::create))
        .route(
            "/organization_roles/{id}",
            get(read::get).patch(change::update).delete(change::delete),
        )
        .route(
            "/organization_roles/{id}/permissions/{permission_id}",
            post(change::assign).delete(change::unassign),
        )
        .route(
            "/organization_permissions",
            get(permissions::list).post(permissions::create),
        )
        .route(
            "/organization_permissions/{id}",
            get(permissions::get)
                .patch(permissions::update)
                .delete(permissions::delete),
        )
        .route("/role_sets", get(sets::list).post(sets::create))
        .route("/role_sets/{key}", get(sets::get).patch(sets::update))
        .route("/role_sets/{key}/replace", post(sets::replace))
        .route("/role_sets/{key}/roles", post(sets::add_roles))
        .route("/role_sets/{key}/roles/replace", post(sets::replace_role))
}
