//! `POST /platform/conflicts/resolve`.

use bailiwick_kernel::id::UserId;
use bailiwick_kernel::platform::PlatformPermission;
use bailiwick_services::Caller;
use bailiwick_services::platform::{Operator, conflicts};
use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::extract::Json;
use crate::problem::ApiResult;

/// Which conflict.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = ConflictResolution)]
pub struct ResolveInput {
    /// Who came with the e-mail.
    user_id: UserId,
    /// Who has it, or waits for its owner.
    other_id: UserId,
}

/// Says that a conflict has been looked at: the person is warned no more, and nothing else changes.
/// Twice is once. Permission `platform:resolve_conflicts`; 404 where the two have none.
#[utoipa::path(
    post, path = "/platform/conflicts/resolve", operation_id = "resolveConflict", tag = "platform",
    request_body = ResolveInput,
    responses((status = 204, description = "It has been looked at"))
)]
pub(super) async fn resolve(
    caller: Caller,
    Json(body): Json<ResolveInput>,
) -> ApiResult<StatusCode> {
    let operator = Operator::open(caller, PlatformPermission::ResolveConflicts).await?;
    conflicts::resolve(&operator, body.user_id, body.other_id).await?;
    Ok(StatusCode::NO_CONTENT)
}
