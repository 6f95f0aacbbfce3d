//! `PATCH /organizations/{id}`.

use bailiwick_kernel::id::OrgId;
use bailiwick_services::intents::Progress;
use bailiwick_services::{Caller, organizations};
use http::StatusCode;

use super::OrganizationView;
use super::input::OrganizationPatch;
use crate::extract::{Json, Path};
use crate::problem::ApiResult;

/// Changes an organization: name and slug at the identity provider first, the rest at once.
/// Permission `organization:update`. 404 for who is no member; 409 for a slug that is taken.
#[utoipa::path(
    patch, path = "/organizations/{id}", operation_id = "updateOrganization", tag = "organizations",
    params(("id" = OrgId, Path, description = "The organization")),
    request_body = OrganizationPatch,
    responses(
        (status = 200, description = "The organization as it is now", body = OrganizationView),
        (status = 202, description = "Decided, and not done at the identity provider yet", body = OrganizationView),
    )
)]
pub(super) async fn update(
    caller: Caller,
    Path(id): Path<OrgId>,
    Json(body): Json<OrganizationPatch>,
) -> ApiResult<(StatusCode, Json<OrganizationView>)> {
    let change = body.checked()?;
    let (found, progress) = organizations::update(&caller, id, &change).await?;
    let status = match progress {
        Progress::Pending => StatusCode::ACCEPTED,
        Progress::Done | Progress::Failed => StatusCode::OK,
    };
    Ok((status, Json(found.into())))
}
