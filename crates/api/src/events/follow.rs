//! `GET /events`.

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bailiwick_kernel::Problem;
use bailiwick_services::Caller;
use bailiwick_services::events::{self, Events, Position};
use futures::stream;
use http::HeaderMap;
use http::header::{CONTENT_TYPE, HeaderName};
use serde::Deserialize;
use utoipa::IntoParams;

use super::view::{self, EventView};
use crate::extract::Query;
use crate::problem::ApiResult;

/// Where a client stopped, as the format's own rules name it.
const LAST_EVENT_ID: &str = "last-event-id";
/// Keeps nginx and its kin from holding an event back until there are more.
const UNBUFFERED: HeaderName = HeaderName::from_static("x-accel-buffering");

/// How to follow.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct FollowQuery {
    /// False: tell what is known after `Last-Event-ID`, and end.
    #[serde(default = "yes")]
    #[param(value_type = Option<bool>, default = true)]
    follow: bool,
}

fn yes() -> bool {
    true
}

/// A stream of server-sent events: which things changed that the caller may see, with their ids and
/// no data of theirs. Needs a session and no permission of its own: what takes one is left out for
/// those who do not hold it, as judged anew for each event.
///
/// The event's name is the resource (`documents`, `memberships`, …). Three others say what is to be
/// done: `reset` (something was missed; read anew whatever is shown), `end` with a `code` (the
/// session, the membership or the token ended, or the server asks to come back), and an `id` alone
/// (a sign of life: everything up to there has been told).
///
/// A stream ends with the token that opened it. Come back with a new one and `Last-Event-ID`; what
/// is repeated then is meant as it says: look again. Without `Last-Event-ID` a stream begins some
/// seconds ago.
#[utoipa::path(
    get, path = "/events", operation_id = "followEvents", tag = "events",
    params(
        FollowQuery,
        ("Last-Event-ID" = Option<String>, Header, description = "The id of the last event that was heard", max_length = 64),
    ),
    responses((status = 200, description = "The stream; each event's data is this", body = EventView, content_type = "text/event-stream"))
)]
pub(super) async fn follow(
    caller: Caller,
    Query(query): Query<FollowQuery>,
    headers: HeaderMap,
) -> ApiResult<Response> {
    let since = last_event_id(&headers)?;
    let events = events::open(caller, since, query.follow).await?;
    let text = stream::unfold((events, view::head()), next);
    let headers = [(CONTENT_TYPE, "text/event-stream"), (UNBUFFERED, "no")];
    Ok((headers, Body::from_stream(text)).into_response())
}

/// The next piece of text: what was put ahead, else the next message.
async fn next(
    (mut events, ahead): (Events, String),
) -> Option<(std::io::Result<String>, (Events, String))> {
    if !ahead.is_empty() {
        return Some((Ok(ahead), (events, String::new())));
    }
    let message = events.next().await?;
    Some((Ok(view::text(&message)), (events, ahead)))
}

fn last_event_id(headers: &HeaderMap) -> Result<Option<Position>, Problem> {
    let Some(value) = headers.get(LAST_EVENT_ID) else {
        return Ok(None);
    };
    let position = value.to_str().ok().and_then(|text| text.parse().ok());
    let invalid = || Problem::invalid("Last-Event-ID", "must be the id of an event");
    position.map(Some).ok_or_else(invalid)
}
