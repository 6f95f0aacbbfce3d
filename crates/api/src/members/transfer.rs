//! `POST /organizations/{id}/transfer-ownership`.

use axum::response::Response;
use bailiwick_kernel::id::{MemberId, OrgId};
use bailiwick_services::{Caller, members};
use serde::Deserialize;
use utoipa::ToSchema;

use super::{MemberView, answer};
use crate::extract::{Idempotent, Path};
use crate::problem::ApiResult;

/// To whom.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OwnershipTransfer {
    /// An active member of the organization.
    pub member_id: MemberId,
}

/// Hands the organization over: the other becomes its owner and the caller the next lower, in one
/// step. For owners alone. 404 for who is no member, and where the other is none.
#[utoipa::path(
    post, path = "/organizations/{id}/transfer-ownership", operation_id = "transferOwnership",
    tag = "organizations",
    params(
        ("id" = OrgId, Path, description = "The organization"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a repeated request answer as the first"),
    ),
    request_body = OwnershipTransfer,
    responses(
        (status = 200, description = "The new owner", body = MemberView),
        (status = 202, description = "Decided, and not done at the identity provider yet", body = MemberView),
    )
)]
pub(super) async fn transfer(
    caller: Caller,
    Path(id): Path<OrgId>,
    request: Idempotent<OwnershipTransfer>,
) -> ApiResult<Response> {
    let (to, key) = (request.body.member_id.into(), request.key);
    let changed = members::transfer_ownership(&caller, id, to, key.as_ref()).await?;
    answer(&caller, id, changed).await
}
