//! Documents of projects.

mod confirm;
mod delete;
mod get;
mod list;
mod presign_download;
mod upload_init;
mod view;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use view::DocumentView;

use crate::state::AppState;

/// The routes of this resource.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(upload_init::upload_init))
        .routes(routes!(list::list))
        .routes(routes!(confirm::confirm))
        .routes(routes!(presign_download::presign_download))
        .routes(routes!(get::get, delete::delete))
}
