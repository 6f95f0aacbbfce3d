//! `DELETE /platform/flags/{key}/organizations/{id}`.

use bailiwick_kernel::id::OrgId;
use bailiwick_kernel::platform::PlatformPermission;
use bailiwick_services::Caller;
use bailiwick_services::platform::{Operator, flags};
use http::StatusCode;

use crate::extract::Path;
use crate::problem::ApiResult;

/// Ends an organization's exception: what holds for everybody holds there again. Permission
/// `platform:set_flags`; 404 for who does not operate the installation, and where there is none.
#[utoipa::path(
    delete, path = "/platform/flags/{key}/organizations/{id}", operation_id = "deleteFlagForOrganization", tag = "platform",
    params(
        ("key" = String, Path, description = "Its name in code"),
        ("id" = OrgId, Path, description = "The organization"),
    ),
    responses((status = 204, description = "It has none"))
)]
pub(super) async fn delete_for_organization(
    caller: Caller,
    Path((key, id)): Path<(String, OrgId)>,
) -> ApiResult<StatusCode> {
    let operator = Operator::open_thing(caller, PlatformPermission::SetFlags).await?;
    flags::set_for(&operator, &key, id, None).await?;
    Ok(StatusCode::NO_CONTENT)
}
