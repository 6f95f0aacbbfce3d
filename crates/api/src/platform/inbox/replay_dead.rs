//! `POST /platform/inbox/replay-dead`.

use bailiwick_kernel::platform::PlatformPermission;
use bailiwick_kernel::text::Fields;
use bailiwick_services::Caller;
use bailiwick_services::platform::{Operator, inbox};
use http::StatusCode;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::list::EVENT_TYPE_CHARS_MAX;
use crate::extract::Json;
use crate::problem::ApiResult;

/// Which webhooks are processed again.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(as = ReplayDead)]
pub struct ReplayDeadInput {
    /// Of this type of event; all where it is missing.
    #[serde(default)]
    #[schema(max_length = 200)]
    event_type: Option<String>,
    /// Given up by this time, which the answer of the request before names; now where it is missing.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    until: Option<Timestamp>,
}

/// How far a replay has come.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Replayed)]
pub struct ReplayedView {
    /// Webhooks that this request opened, 500 at most.
    opened: usize,
    /// Webhooks that are left: ask again with `until` while there are some.
    remaining: i64,
    /// What was given up later is left alone, so that what dies again is not opened twice.
    #[schema(value_type = String, format = DateTime)]
    until: Timestamp,
}

/// Has webhooks processed again that were given up, the oldest first and 500 at most: ask again with
/// the answer's `until` while `remaining` says that there are more. They are processed behind the
/// answer; `GET /platform/status` shows how many wait. Permission `platform:replay`.
#[utoipa::path(
    post, path = "/platform/inbox/replay-dead", operation_id = "replayDeadMessages", tag = "platform",
    request_body = ReplayDeadInput,
    responses((status = 202, description = "How far it has come", body = ReplayedView))
)]
pub(super) async fn replay_dead(
    caller: Caller,
    Json(body): Json<ReplayDeadInput>,
) -> ApiResult<(StatusCode, Json<ReplayedView>)> {
    let operator = Operator::open(caller, PlatformPermission::Replay).await?;
    let mut fields = Fields::new();
    let event_type = body.event_type.as_deref();
    let event_type =
        event_type.map(|text| fields.line("eventType", text, 1..=EVENT_TYPE_CHARS_MAX));
    fields.finish()?;
    let done = inbox::replay_dead(&operator, event_type.as_deref(), body.until).await?;
    let view = ReplayedView {
        opened: done.opened,
        remaining: done.remaining,
        until: done.until,
    };
    Ok((StatusCode::ACCEPTED, Json(view)))
}
