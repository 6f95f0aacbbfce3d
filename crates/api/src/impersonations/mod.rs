//! Operators who act for users.

mod end;
mod end_own;
mod list;
mod start;
mod view;

use bailiwick_services::intents::Progress;
use http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use view::ImpersonationView;

use crate::state::AppState;

/// The routes of this resource.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list::list, start::start))
        .routes(routes!(end::end))
        .routes(routes!(end_own::end_own))
}

/// 200, or 202 while the provider has not done its part.
fn status(progress: Progress) -> StatusCode {
    if progress == Progress::Pending {
        StatusCode::ACCEPTED
    } else {
        StatusCode::OK
    }
}
