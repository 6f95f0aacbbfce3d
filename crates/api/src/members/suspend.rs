//! `POST /organizations/{id}/members/{userId}/suspend`.

use axum::response::Response;
use bailiwick_kernel::id::{MemberId, OrgId};
use bailiwick_services::{Caller, members};

use super::{MemberView, answer};
use crate::extract::{Key, Path};
use crate::problem::ApiResult;

/// Lets a member in nowhere in the organization until somebody reactivates them. Permission
/// `users:update`. 404 for who is no member, and where they are none; 403 for who stands above the
/// caller; 409 for oneself and for the last owner.
#[utoipa::path(
    post, path = "/organizations/{id}/members/{userId}/suspend", operation_id = "suspendOrganizationMember",
    tag = "organizations",
    params(
        ("id" = OrgId, Path, description = "The organization"),
        ("userId" = MemberId, Path, description = "The member, who is a user"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a repeated request answer as the first"),
    ),
    responses(
        (status = 200, description = "The member as they are now", body = MemberView),
        (status = 202, description = "In force, and not done at the identity provider yet", body = MemberView),
    )
)]
pub(super) async fn suspend(
    caller: Caller,
    Path((id, member)): Path<(OrgId, MemberId)>,
    Key(key): Key,
) -> ApiResult<Response> {
    let changed = members::suspend(&caller, id, member.into(), key.as_ref()).await?;
    answer(&caller, id, changed).await
}
