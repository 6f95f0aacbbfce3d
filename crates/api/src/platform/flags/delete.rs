//! `DELETE /platform/flags/{key}`.

use bailiwick_kernel::platform::PlatformPermission;
use bailiwick_services::Caller;
use bailiwick_services::platform::{Operator, flags};
use http::StatusCode;

use crate::extract::Path;
use crate::problem::ApiResult;

/// Removes a feature flag with its exceptions: what the installation was started with holds again, or
/// nothing. Permission `platform:set_flags`; 404 where there is none.
#[utoipa::path(
    delete, path = "/platform/flags/{key}", operation_id = "deleteFlag", tag = "platform",
    params(("key" = String, Path, description = "Its name in code")),
    responses((status = 204, description = "It is gone"))
)]
pub(super) async fn delete(caller: Caller, Path(key): Path<String>) -> ApiResult<StatusCode> {
    let operator = Operator::open(caller, PlatformPermission::SetFlags).await?;
    flags::unset(&operator, &key).await?;
    Ok(StatusCode::NO_CONTENT)
}
