//! What members may do beside their roles.

mod get;
mod merge;
mod replace;
mod view;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use view::MemberGrantsView;

use crate::state::AppState;

/// The routes of this resource.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(get::get, replace::replace, merge::merge))
}
