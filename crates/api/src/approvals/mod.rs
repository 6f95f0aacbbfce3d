//! What somebody asks for and somebody else decides on.

mod approve;
mod get;
mod list;
mod reject;
mod request;
mod view;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use view::ApprovalView;

use crate::state::AppState;

/// The routes of this resource.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list::list, request::request))
        .routes(routes!(get::get))
        .routes(routes!(approve::approve))
        .routes(routes!(reject::reject))
}
