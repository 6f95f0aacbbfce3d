//! `POST /platform/inbox/{id}/replay`.

use bailiwick_kernel::platform::PlatformPermission;
use bailiwick_services::Caller;
use bailiwick_services::platform::{Operator, inbox};
use http::StatusCode;

use super::view::MessageView;
use crate::extract::{Json, Path};
use crate::problem::ApiResult;

/// Has a webhook processed again that was given up, is parked, or lost its job. It happens behind
/// this answer; `GET` shows what becomes of it. Permission `platform:replay`; 404 for who does not
/// operate the installation; 409 where it has been processed.
#[utoipa::path(
    post, path = "/platform/inbox/{id}/replay", operation_id = "replayInboxMessage", tag = "platform",
    params(("id" = String, Path, description = "The sender's id of it")),
    responses((status = 202, description = "The webhook, which is to be processed", body = MessageView))
)]
pub(super) async fn replay(
    caller: Caller,
    Path(id): Path<String>,
) -> ApiResult<(StatusCode, Json<MessageView>)> {
    let operator = Operator::open_thing(caller, PlatformPermission::Replay).await?;
    let message = inbox::replay(&operator, &id).await?;
    Ok((StatusCode::ACCEPTED, Json(message.into())))
}
