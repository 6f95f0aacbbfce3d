//! `GET /platform/inbox/{id}`.

use bailiwick_kernel::platform::PlatformPermission;
use bailiwick_services::Caller;
use bailiwick_services::platform::{Operator, inbox};

use super::view::MessageView;
use crate::extract::{Json, Path};
use crate::problem::ApiResult;

/// One webhook, without what it said. Permission `platform:read_inbox`; 404 for who does not operate
/// the installation.
#[utoipa::path(
    get, path = "/platform/inbox/{id}", operation_id = "getInboxMessage", tag = "platform",
    params(("id" = String, Path, description = "The sender's id of it")),
    responses((status = 200, description = "The webhook", body = MessageView))
)]
pub(super) async fn get(caller: Caller, Path(id): Path<String>) -> ApiResult<Json<MessageView>> {
    let operator = Operator::open_thing(caller, PlatformPermission::ReadInbox).await?;
    Ok(Json(inbox::get(&operator, &id).await?.into()))
}
