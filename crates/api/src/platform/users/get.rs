//! `GET /platform/users/{id}`.

use bailiwick_kernel::id::UserId;
use bailiwick_kernel::platform::PlatformPermission;
use bailiwick_services::Caller;
use bailiwick_services::platform::{Operator, users};

use super::view::PlatformUserView;
use crate::extract::{Json, Path};
use crate::problem::ApiResult;

/// One person, also when deleted, with the organizations that they are or were in. That they were
/// looked at is recorded. Permission `platform:read_users`; 404 for who does not operate the
/// installation.
#[utoipa::path(
    get, path = "/platform/users/{id}", operation_id = "getPlatformUser", tag = "platform",
    params(("id" = UserId, Path, description = "The user")),
    responses((status = 200, description = "The person", body = PlatformUserView))
)]
pub(super) async fn get(
    caller: Caller,
    Path(id): Path<UserId>,
) -> ApiResult<Json<PlatformUserView>> {
    let operator = Operator::open_thing(caller, PlatformPermission::ReadUsers).await?;
    Ok(Json(users::get(&operator, id).await?.into()))
}
