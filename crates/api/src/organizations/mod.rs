//! Organizations of the caller.

mod get;
mod list;
mod members;
mod provision;
mod view;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use provision::provision;
pub use view::OrganizationView;

use crate::state::AppState;

/// The routes of this resource.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list::list))
        .routes(routes!(get::get))
        .routes(routes!(members::list))
}
