//! `GET /platform/inbox`.

use bailiwick_kernel::Problem;
use bailiwick_kernel::page::{Page, PageQuery};
use bailiwick_kernel::platform::PlatformPermission;
use bailiwick_kernel::text::Fields;
use bailiwick_services::Caller;
use bailiwick_services::platform::{Operator, inbox};
use bailiwick_store::inbox::Filter;
use jiff::Timestamp;
use serde::Deserialize;
use utoipa::IntoParams;

use super::view::{MessageState, MessageView};
use crate::extract::{Json, Query};
use crate::problem::ApiResult;

/// Characters of an event's type: none is longer.
pub(super) const EVENT_TYPE_CHARS_MAX: usize = 200;

/// Which webhooks. Each narrows; none is all.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub struct MessageFilter {
    /// In this state.
    #[param(inline)]
    state: Option<MessageState>,
    /// With exactly this type of event: `user.created`.
    #[param(max_length = 200)]
    event_type: Option<String>,
    /// That came not before this time.
    #[param(value_type = Option<String>, format = DateTime)]
    from: Option<Timestamp>,
    /// That came before this time.
    #[param(value_type = Option<String>, format = DateTime)]
    to: Option<Timestamp>,
}

impl MessageFilter {
    fn checked(&self) -> Result<Filter, Problem> {
        let mut fields = Fields::new();
        let event_type = self
            .event_type
            .as_deref()
            .map(|text| fields.line("eventType", text, 1..=EVENT_TYPE_CHARS_MAX));
        fields.finish()?;
        Ok(Filter {
            state: self.state.map(MessageState::as_str),
            event_type,
            // Nothing here is older; the database's range ends before the type's.
            from: self.from.map(|at| at.max(Timestamp::UNIX_EPOCH)),
            to: self.to.map(|at| at.max(Timestamp::UNIX_EPOCH)),
        })
    }
}

/// Webhooks that came, the newest first, without what they said. What was processed is kept for 30
/// days, what was given up until it is processed. Permission `platform:read_inbox`.
#[utoipa::path(
    get, path = "/platform/inbox", operation_id = "listInboxMessages", tag = "platform",
    params(MessageFilter, PageQuery),
    responses((status = 200, description = "A page of webhooks", body = Page<MessageView>))
)]
pub(super) async fn list(
    caller: Caller,
    Query(filter): Query<MessageFilter>,
    Query(query): Query<PageQuery>,
) -> ApiResult<Json<Page<MessageView>>> {
    let operator = Operator::open(caller, PlatformPermission::ReadInbox).await?;
    let page = inbox::list(&operator, &filter.checked()?, &query).await?;
    Ok(Json(page.map(MessageView::from)))
}
