//! `PUT /platform/flags/{key}`.

use bailiwick_kernel::platform::PlatformPermission;
use bailiwick_services::Caller;
use bailiwick_services::platform::{Operator, flags};
use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::extract::{Json, Path};
use crate::problem::ApiResult;

/// How a flag is to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = FeatureFlagSet)]
pub struct FlagInput {
    /// Whether it is on for everybody who has no exception.
    is_enabled: bool,
    /// What it does, for people; what is known stays where it is missing.
    #[serde(default)]
    #[schema(max_length = 500)]
    description: Option<String>,
}

/// Switches a feature flag for everybody who has no exception, and makes it where there is none. In
/// force at once; open pages hear of it. Permission `platform:set_flags`; 409 beyond 500 flags.
#[utoipa::path(
    put, path = "/platform/flags/{key}", operation_id = "setFlag", tag = "platform",
    params(("key" = String, Path, description = "Its name in code: 1 to 100 of a-z, 0-9, '_', '.' and '-', a letter first")),
    request_body = FlagInput,
    responses((status = 204, description = "It is so"))
)]
pub(super) async fn set(
    caller: Caller,
    Path(key): Path<String>,
    Json(body): Json<FlagInput>,
) -> ApiResult<StatusCode> {
    let operator = Operator::open(caller, PlatformPermission::SetFlags).await?;
    let description = body.description.as_deref();
    flags::set(&operator, &key, description, body.is_enabled).await?;
    Ok(StatusCode::NO_CONTENT)
}
