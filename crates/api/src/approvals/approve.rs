//! `POST /approvals/{id}/approve`.

use bailiwick_kernel::id::ApprovalId;
use bailiwick_services::Scope;
use bailiwick_services::approvals::{self, Decision};

use super::ApprovalView;
use super::view::ApprovalDecision;
use crate::extract::{Idempotent, Json, Path};
use crate::problem::ApiResult;

/// Says yes to what another person asked for. Permission `approvals:approve`; nobody decides on their own.
/// 404 when it is not in the caller's tenant, or the caller does not see it; 409 when it has been
/// decided already.
#[utoipa::path(
    post, path = "/approvals/{id}/approve", operation_id = "approveApproval", tag = "approvals",
    params(
        ("id" = ApprovalId, Path, description = "What was asked for"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a repeated request answer as the first"),
    ),
    request_body = ApprovalDecision,
    responses((status = 200, description = "It is decided", body = ApprovalView))
)]
pub(super) async fn approve(
    mut scope: Scope,
    Path(id): Path<ApprovalId>,
    request: Idempotent<ApprovalDecision>,
) -> ApiResult<Json<ApprovalView>> {
    let (note, key) = (request.body.note.as_deref(), request.key.as_ref());
    let found = approvals::decide(&mut scope, id, Decision::Approve, note, key).await?;
    Ok(Json(ApprovalView::one(&scope, found)))
}
