//! The installation, for the people who operate it. Members of organizations are refused; a thing
//! that is named does not exist to them.

mod conflicts;
mod flags;
mod inbox;
mod organizations;
mod status;
mod users;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::state::AppState;

/// The routes of this resource.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(status::status))
        .merge(organizations::routes())
        .merge(inbox::routes())
        .merge(users::routes())
        .merge(conflicts::routes())
        .merge(flags::routes())
}
