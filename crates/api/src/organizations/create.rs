//! `POST /organizations`.

use axum::response::{IntoResponse, Response};
use bailiwick_services::Caller;
use bailiwick_services::organizations::{self, Creation};
use http::StatusCode;
use http::header::LOCATION;

use super::OrganizationView;
use super::creation::CreationView;
use super::input::OrganizationCreate;
use crate::extract::{Idempotent, Json};
use crate::problem::ApiResult;

/// Makes an organization that the caller owns: at the identity provider first, then here. Needs a
/// session and no permission. 403 where operators alone make organizations; 409 for who is in one,
/// where people are in one at most, and for a slug that is taken.
#[utoipa::path(
    post, path = "/organizations", operation_id = "createOrganization", tag = "organizations",
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes a repeated request answer as the first")),
    request_body = OrganizationCreate,
    responses(
        (status = 201, description = "The organization", body = OrganizationView),
        (
            status = 202, description = "It is made as soon as the identity provider can be reached",
            body = CreationView,
            headers(("Location" = String, description = "Where to ask how far it is"))
        ),
    )
)]
pub(super) async fn create(
    caller: Caller,
    request: Idempotent<OrganizationCreate>,
) -> ApiResult<Response> {
    let new = request.body.checked()?;
    let created = organizations::create(&caller, &new, request.key.as_ref()).await?;
    Ok(match created {
        Creation::Made(made) => {
            let view = OrganizationView::from(*made);
            (StatusCode::CREATED, Json(view)).into_response()
        }
        Creation::Pending(begun) => {
            let view = CreationView::from(begun);
            let place = format!("/api/v1/organizations/creations/{}", view.id);
            (StatusCode::ACCEPTED, [(LOCATION, place)], Json(view)).into_response()
        }
    })
}
