//! `POST /platform/users/look-up`.

use bailiwick_kernel::page::Page;
use bailiwick_kernel::platform::PlatformPermission;
use bailiwick_services::Caller;
use bailiwick_services::platform::{Operator, users};
use serde::Deserialize;
use utoipa::ToSchema;

use super::view::PlatformUserView;
use crate::extract::Json;
use crate::problem::ApiResult;

/// Who is looked for.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = UserLookUp)]
pub struct LookUpInput {
    /// A user's id, ours or the provider's; or a whole e-mail address, in any case of its letters.
    #[schema(max_length = 254)]
    search: String,
}

/// Finds people by id, or by exactly this e-mail address; twenty at most, on one page. What is looked
/// for stands in the body, since addresses have no place in logs. That it was asked is recorded, with
/// who was found. Permission `platform:read_users`.
#[utoipa::path(
    post, path = "/platform/users/look-up", operation_id = "lookUpUsers", tag = "platform",
    request_body = LookUpInput,
    responses((status = 200, description = "Who was found", body = Page<PlatformUserView>))
)]
pub(super) async fn look_up(
    caller: Caller,
    Json(body): Json<LookUpInput>,
) -> ApiResult<Json<Page<PlatformUserView>>> {
    let operator = Operator::open(caller, PlatformPermission::ReadUsers).await?;
    let found = users::look_up(&operator, &body.search).await?;
    Ok(Json(Page {
        data: found.into_iter().map(PlatformUserView::from).collect(),
        next_cursor: None,
    }))
}
