//! The routes of tickets, one file a verb.

mod create;
mod delete;
mod get;
mod list;
mod update;
mod view;

use bailiwick_api::AppState;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use view::{TicketPriority, TicketStatus, TicketView};

/// The routes of this resource, relative to the API's prefix.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list::list, create::create))
        .routes(routes!(get::get, update::update, delete::delete))
}
