//! `GET /me/flags`.

use std::collections::BTreeMap;

use bailiwick_services::{Caller, flags};
use serde::Serialize;
use utoipa::ToSchema;

use crate::extract::Json;
use crate::problem::ApiResult;

/// What is switched on for the caller.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MyFlags)]
pub struct FlagsView {
    /// Each flag by its key. One that is missing is off.
    flags: BTreeMap<String, bool>,
}

/// The feature flags as they are for the caller: in the active organization, where they are let into
/// it, else for everybody. The event stream tells of changes (`flags`). Needs a session and no
/// permission.
#[utoipa::path(
    get, path = "/me/flags", operation_id = "getMyFlags", tag = "me",
    responses((status = 200, description = "What is switched on", body = FlagsView))
)]
pub(super) async fn flags(caller: Caller) -> ApiResult<Json<FlagsView>> {
    let flags = flags::mine(&caller).await?;
    Ok(Json(FlagsView { flags }))
}
