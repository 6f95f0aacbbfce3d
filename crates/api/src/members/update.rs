//! `PATCH /organizations/{id}/members/{userId}`.

use axum::response::Response;
use bailiwick_kernel::id::{MemberId, OrgId};
use bailiwick_services::{Caller, members};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{MemberView, answer};
use crate::extract::{Json, Path};
use crate::problem::ApiResult;

/// What a member is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = OrganizationMemberPatch)]
pub struct MemberPatch {
    /// A role of the installation's policy, no higher than the caller's.
    pub role: String,
}

/// Gives a member another role. Permission `users:update`. A lower role is in force at once; a
/// higher one once the identity provider has it. 404 for who is no member, and where they are none;
/// 403 for roles above the caller's; 409 for the last owner.
#[utoipa::path(
    patch, path = "/organizations/{id}/members/{userId}", operation_id = "updateOrganizationMember",
    tag = "organizations",
    params(
        ("id" = OrgId, Path, description = "The organization"),
        ("userId" = MemberId, Path, description = "The member, who is a user"),
    ),
    request_body = MemberPatch,
    responses(
        (status = 200, description = "The member as they are now", body = MemberView),
        (status = 202, description = "Decided, and not done at the identity provider yet", body = MemberView),
    )
)]
pub(super) async fn update(
    caller: Caller,
    Path((id, member)): Path<(OrgId, MemberId)>,
    Json(patch): Json<MemberPatch>,
) -> ApiResult<Response> {
    let changed = members::change_role(&caller, id, member.into(), &patch.role).await?;
    answer(&caller, id, changed).await
}
