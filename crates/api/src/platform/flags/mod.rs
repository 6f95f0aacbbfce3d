//! Feature flags.

mod delete;
mod delete_for_organization;
mod list;
mod list_organizations;
mod set;
mod set_for_organization;
mod view;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::AppState;

/// The routes of this resource.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list::list))
        .routes(routes!(set::set, delete::delete))
        .routes(routes!(list_organizations::list_organizations))
        .routes(routes!(
            set_for_organization::set_for_organization,
            delete_for_organization::delete_for_organization
        ))
}
