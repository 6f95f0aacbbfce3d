//! Invitations into an organization.

mod bulk;
mod create;
mod get;
mod input;
mod list;
mod resend;
mod revoke;
mod seats;
mod view;

use http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use seats::SeatsView;
pub use view::InvitationView;

use crate::state::AppState;

/// The routes of this resource.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list::list, create::create))
        .routes(routes!(bulk::create_bulk))
        .routes(routes!(get::get, revoke::revoke))
        .routes(routes!(resend::resend))
        .routes(routes!(seats::get))
}

/// `done`, or 202 while the provider has not done its part.
fn status(view: &InvitationView, done: StatusCode) -> StatusCode {
    if view.is_pending() {
        StatusCode::ACCEPTED
    } else {
        done
    }
}
