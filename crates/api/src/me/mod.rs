//! The caller.

mod bootstrap;
mod flags;
mod get;
mod pages;
mod permissions;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use get::EmailConflict;

use crate::state::AppState;

/// The routes of this resource.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(get::get))
        .routes(routes!(get::get_alias))
        .routes(routes!(bootstrap::bootstrap))
        .routes(routes!(permissions::permissions))
        .routes(routes!(pages::pages))
        .routes(routes!(flags::flags))
}
