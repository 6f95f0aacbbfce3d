//! `POST /me/bootstrap`.

use bailiwick_kernel::id::{OrgId, UserId};
use bailiwick_services::{Caller, bootstrap};
use serde::Serialize;
use utoipa::ToSchema;

use crate::extract::Json;
use crate::problem::ApiResult;

/// What a first visit leaves behind.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Bootstrap)]
pub struct BootstrapView {
    /// The user.
    user_id: UserId,
    /// An organization of theirs; null where the installation makes none by itself.
    #[schema(required = true)]
    org_id: Option<OrgId>,
}

/// Makes sure that the caller has a row, and an organization where the installation bootstraps
/// them. Can be repeated. Needs a session and no permission.
#[utoipa::path(
    post, path = "/me/bootstrap", operation_id = "bootstrap", tag = "me",
    responses((status = 200, description = "The user and an organization of theirs", body = BootstrapView))
)]
pub(super) async fn bootstrap(caller: Caller) -> ApiResult<Json<BootstrapView>> {
    let done = bootstrap::run(&caller).await?;
    Ok(Json(BootstrapView {
        user_id: done.user,
        org_id: done.org,
    }))
}
