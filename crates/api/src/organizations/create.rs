//! `POST /organizations`.

use axum::response::{IntoResponse, Response};
use bailiwick_services::Caller;
use bailiwick_services::organizations::{self, Creation};
use http::StatusCode;

use super::OrganizationView;
use super::input::OrganizationCreate;
use crate::extract::Json;
use crate::problem::ApiResult;

/// Makes an organization that the caller owns: at the identity provider first, then here. Needs a
/// session and no permission. 403 where operators alone make organizations; 409 for who is in one,
/// where people are in one at most, and for a slug that is taken.
#[utoipa::path(
    post, path = "/organizations", operation_id = "createOrganization", tag = "organizations",
    request_body = OrganizationCreate,
    responses(
        (status = 201, description = "The organization", body = OrganizationView),
        (status = 202, description = "It is made as soon as the identity provider can be reached"),
    )
)]
pub(super) async fn create(
    caller: Caller,
    Json(body): Json<OrganizationCreate>,
) -> ApiResult<Response> {
    let new = body.checked()?;
    Ok(match organizations::create(&caller, &new).await? {
        Creation::Made(made) => {
            let view = OrganizationView::from(*made);
            (StatusCode::CREATED, Json(view)).into_response()
        }
        Creation::Pending => StatusCode::ACCEPTED.into_response(),
    })
}
