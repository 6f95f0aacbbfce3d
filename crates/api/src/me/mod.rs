//! The caller.

mod bootstrap;
mod get;
mod pages;
mod permissions;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::AppState;

/// The routes of this resource.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(get::get))
        .routes(routes!(get::get_alias))
        .routes(routes!(bootstrap::bootstrap))
        .routes(routes!(permissions::permissions))
        .routes(routes!(pages::pages))
}
