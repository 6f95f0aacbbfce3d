//! `GET /organizations/{id}`.

use bailiwick_kernel::id::OrgId;
use bailiwick_services::{Caller, organizations};

use super::OrganizationView;
use crate::extract::{Json, Path};
use crate::problem::ApiResult;

/// One organization of the caller. It answers while the tenant is being made. 404 for who is no
/// member; 403 for a member who has another organization active.
#[utoipa::path(
    get, path = "/organizations/{id}", operation_id = "getOrganization", tag = "organizations",
    params(("id" = OrgId, Path, description = "The organization")),
    responses((status = 200, description = "The organization", body = OrganizationView))
)]
pub(super) async fn get(
    caller: Caller,
    Path(id): Path<OrgId>,
) -> ApiResult<Json<OrganizationView>> {
    Ok(Json(organizations::get(&caller, id).await?.into()))
}
