//! `GET /platform/inbox/{id}/payload`.

use bailiwick_kernel::platform::PlatformPermission;
use bailiwick_services::Caller;
use bailiwick_services::platform::inbox::Payload;
use bailiwick_services::platform::{Operator, inbox};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::view::MessageView;
use crate::extract::{Json, Path};
use crate::problem::ApiResult;

/// What a webhook said, as far as it is shown.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = InboxPayload)]
pub struct PayloadView {
    /// The webhook.
    message: MessageView,
    /// What it said, with what is secret blotted out; null where nothing is shown.
    #[schema(required = true, value_type = Option<Object>)]
    payload: Option<Value>,
    /// Why nothing is shown; null where something is.
    #[schema(required = true, value_type = Option<Withheld>)]
    withheld: Option<&'static str>,
}

/// Why nothing of a webhook is shown.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[expect(
    dead_code,
    reason = "describes the values of a text in the OpenAPI document"
)]
pub enum Withheld {
    /// Of a type that this installation has no use for: it may carry anything, a sign-in code too.
    NotProcessed,
    /// It is no event.
    Unreadable,
    /// It is larger than 128 KiB.
    TooLarge,
}

/// What a webhook said, personal data included; that it was read is recorded. Permission
/// `platform:read_payloads`; 404 for who does not operate the installation.
#[utoipa::path(
    get, path = "/platform/inbox/{id}/payload", operation_id = "getInboxPayload", tag = "platform",
    params(("id" = String, Path, description = "The sender's id of it")),
    responses((status = 200, description = "What it said", body = PayloadView))
)]
pub(super) async fn payload(
    caller: Caller,
    Path(id): Path<String>,
) -> ApiResult<Json<PayloadView>> {
    let operator = Operator::open_thing(caller, PlatformPermission::ReadPayloads).await?;
    let (message, payload) = inbox::payload(&operator, &id).await?;
    let (payload, withheld) = match payload {
        Payload::Shown(value) => (Some(value), None),
        Payload::Withheld(why) => (None, Some(why)),
    };
    Ok(Json(PayloadView {
        message: message.into(),
        payload,
        withheld,
    }))
}
