//! `POST /platform/organizations/{id}/retry-provisioning`.

use bailiwick_kernel::id::OrgId;
use bailiwick_kernel::platform::PlatformPermission;
use bailiwick_services::Caller;
use bailiwick_services::platform::{Operator, organizations};
use http::StatusCode;

use super::view::OrganizationDetailView;
use crate::extract::{Json, Path};
use crate::problem::ApiResult;

/// Has the tenant of an organization made that could not be made, or that nobody is making; or moved
/// to the tier that it ought to be in, where that was given up. It happens behind this answer; `GET`
/// shows how it goes. Asking twice makes it once. Permission `platform:provision`; 404 for who does
/// not operate the installation; 409 where it is made and in its tier, or the organization was
/// deleted.
#[utoipa::path(
    post, path = "/platform/organizations/{id}/retry-provisioning", operation_id = "retryProvisioning",
    tag = "platform",
    params(("id" = OrgId, Path, description = "The organization")),
    responses((status = 202, description = "The organization; its tenant is being made", body = OrganizationDetailView))
)]
pub(super) async fn retry_provisioning(
    caller: Caller,
    Path(id): Path<OrgId>,
) -> ApiResult<(StatusCode, Json<OrganizationDetailView>)> {
    let operator = Operator::open_thing(caller, PlatformPermission::Provision).await?;
    let found = organizations::retry_provisioning(&operator, id).await?;
    Ok((StatusCode::ACCEPTED, Json(found.into())))
}
