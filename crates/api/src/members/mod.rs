//! Members of an organization.

mod leave;
mod list;
mod reactivate;
mod remove;
mod suspend;
mod transfer;
mod update;
mod view;

use axum::response::{IntoResponse, Response};
use bailiwick_kernel::Problem;
use bailiwick_kernel::id::OrgId;
use bailiwick_services::Caller;
use bailiwick_services::intents::Progress;
use bailiwick_services::members::{self, Changed};
use http::StatusCode;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

pub use view::MemberView;

use crate::extract::Json;
use crate::problem::ApiResult;
use crate::state::AppState;

/// The routes of this resource.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list::list))
        .routes(routes!(update::update, remove::remove))
        .routes(routes!(suspend::suspend))
        .routes(routes!(reactivate::reactivate))
        .routes(routes!(leave::leave))
        .routes(routes!(transfer::transfer))
}

/// The member as they are after a change: 202 while the provider has not heard of it yet, 409 where
/// it refused, so that nothing has changed.
async fn answer(caller: &Caller, org: OrgId, changed: Changed) -> ApiResult<Response> {
    let status = match changed.progress {
        Progress::Done => StatusCode::OK,
        Progress::Pending => StatusCode::ACCEPTED,
        Progress::Failed => {
            let detail = match changed.error.as_deref() {
                Some("organization_minimum_permissions_needed") => {
                    "The identity provider keeps its last administrator."
                }
                _ => "The identity provider refused it.",
            };
            return Err(Problem::conflict().detail(detail).into());
        }
    };
    let member = members::get(caller, org, changed.user).await?;
    Ok((status, Json(MemberView::from(member))).into_response())
}
