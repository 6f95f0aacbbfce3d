//! `PUT /platform/flags/{key}/organizations/{id}`.

use bailiwick_kernel::id::OrgId;
use bailiwick_kernel::platform::PlatformPermission;
use bailiwick_services::Caller;
use bailiwick_services::platform::{Operator, flags};
use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::extract::{Json, Path};
use crate::problem::ApiResult;

/// How a flag is to be for one organization.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = FeatureFlagOverrideSet)]
pub struct OverrideInput {
    /// Whether it is on there.
    is_enabled: bool,
}

/// Switches a feature flag for one organization, whose audit tells of it. In force at once; open
/// pages hear of it. Permission `platform:set_flags`; 404 for who does not operate the installation,
/// and where there is no such flag or organization.
#[utoipa::path(
    put, path = "/platform/flags/{key}/organizations/{id}", operation_id = "setFlagForOrganization", tag = "platform",
    params(
        ("key" = String, Path, description = "Its name in code"),
        ("id" = OrgId, Path, description = "The organization"),
    ),
    request_body = OverrideInput,
    responses((status = 204, description = "It is so"))
)]
pub(super) async fn set_for_organization(
    caller: Caller,
    Path((key, id)): Path<(String, OrgId)>,
    Json(body): Json<OverrideInput>,
) -> ApiResult<StatusCode> {
    let operator = Operator::open_thing(caller, PlatformPermission::SetFlags).await?;
    flags::set_for(&operator, &key, id, Some(body.is_enabled)).await?;
    Ok(StatusCode::NO_CONTENT)
}
