//! Webhooks that came.

mod get;
mod list;
mod payload;
mod replay;
mod replay_dead;
mod view;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use view::MessageState;

use crate::state::AppState;

/// The routes of this resource.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list::list))
        .routes(routes!(replay_dead::replay_dead))
        .routes(routes!(get::get))
        .routes(routes!(payload::payload))
        .routes(routes!(replay::replay))
}
