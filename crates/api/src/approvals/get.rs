//! `GET /approvals/{id}`.

use bailiwick_kernel::id::ApprovalId;
use bailiwick_services::{Scope, approvals};

use super::ApprovalView;
use crate::extract::{Json, Path};
use crate::problem::ApiResult;

/// One of what was asked for. Permission `approvals:read`. 404 when it is not in the caller's
/// tenant, or another person's and the caller sees only their own, or outside the data window.
#[utoipa::path(
    get, path = "/approvals/{id}", operation_id = "getApproval", tag = "approvals",
    params(("id" = ApprovalId, Path, description = "What was asked for")),
    responses((status = 200, description = "What was asked for", body = ApprovalView))
)]
pub(super) async fn get(
    mut scope: Scope,
    Path(id): Path<ApprovalId>,
) -> ApiResult<Json<ApprovalView>> {
    let found = approvals::get(&mut scope, id).await?;
    Ok(Json(ApprovalView::one(&scope, found)))
}
