//! Organizations of the caller.

mod create;
mod creation;
mod get;
mod input;
mod list;
mod plan_sync;
mod provision;
mod update;
mod view;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use plan_sync::plan_sync;
pub use provision::provision;
pub use view::{OrganizationView, ProvisioningStatus, TierName};

use crate::state::AppState;

/// The routes of this resource.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list::list, create::create))
        .routes(routes!(creation::creation))
        .routes(routes!(get::get, update::update))
}
