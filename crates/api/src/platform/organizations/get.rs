//! `GET /platform/organizations/{id}`.

use bailiwick_kernel::id::OrgId;
use bailiwick_kernel::platform::PlatformPermission;
use bailiwick_services::Caller;
use bailiwick_services::platform::{Operator, organizations};

use super::view::OrganizationDetailView;
use crate::extract::{Json, Path};
use crate::problem::ApiResult;

/// One organization of the installation, also when deleted, with the state of its tenant. Permission
/// `platform:read_organizations`; 404 for who does not operate the installation.
#[utoipa::path(
    get, path = "/platform/organizations/{id}", operation_id = "getPlatformOrganization", tag = "platform",
    params(("id" = OrgId, Path, description = "The organization")),
    responses((status = 200, description = "The organization", body = OrganizationDetailView))
)]
pub(super) async fn get(
    caller: Caller,
    Path(id): Path<OrgId>,
) -> ApiResult<Json<OrganizationDetailView>> {
    let operator = Operator::open_thing(caller, PlatformPermission::ReadOrganizations).await?;
    Ok(Json(organizations::get(&operator, id).await?.into()))
}
