//! `GET /organizations/{id}/members/{userId}/grants`.

use bailiwick_kernel::id::{OrgId, UserId};
use bailiwick_services::{Scope, member_grants};

use super::MemberGrantsView;
use crate::extract::{Json, Path};
use crate::problem::ApiResult;

/// What a member was granted beside the role. Permission `users:read`. 404 for who is no member, or
/// an organization that is none of the caller's.
#[utoipa::path(
    get, path = "/organizations/{id}/members/{userId}/grants", operation_id = "getMemberGrants",
    tag = "members",
    params(("id" = OrgId, Path, description = "The organization"), ("userId" = UserId, Path, description = "The member")),
    responses((status = 200, description = "The grants", body = MemberGrantsView))
)]
pub(super) async fn get(
    mut scope: Scope,
    Path((org, user)): Path<(OrgId, UserId)>,
) -> ApiResult<Json<MemberGrantsView>> {
    Ok(Json(
        member_grants::get(&mut scope, org, user).await?.into(),
    ))
}
