//! `POST /organizations/{id}/leave`.

use axum::response::Response;
use bailiwick_kernel::id::OrgId;
use bailiwick_services::{Caller, members};

use super::{MemberView, answer};
use crate::extract::{Key, Path};
use crate::problem::ApiResult;

/// The caller leaves the organization, at once. Needs a membership and no permission. 404 for who
/// is no member; 409 for the last owner.
#[utoipa::path(
    post, path = "/organizations/{id}/leave", operation_id = "leaveOrganization", tag = "organizations",
    params(
        ("id" = OrgId, Path, description = "The organization"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a repeated request answer as the first"),
    ),
    responses(
        (status = 200, description = "The caller as they were", body = MemberView),
        (status = 202, description = "In force, and not done at the identity provider yet", body = MemberView),
    )
)]
pub(super) async fn leave(
    caller: Caller,
    Path(id): Path<OrgId>,
    Key(key): Key,
) -> ApiResult<Response> {
    let changed = members::leave(&caller, id, key.as_ref()).await?;
    answer(&caller, id, changed).await
}
