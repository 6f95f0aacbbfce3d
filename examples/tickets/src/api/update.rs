//! `PATCH /tickets/{id}`.

use bailiwick_api::ApiResult;
use bailiwick_api::extract::{Json, Path};
use bailiwick_services::Scope;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{TicketPriority, TicketStatus, TicketView};
use crate::TicketId;
use crate::service::{self, Change};

/// What changes of a ticket; what is absent stays.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TicketPatch {
    /// A line.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 200, nullable = false)]
    pub title: Option<String>,
    /// All of it; a blank one takes it away.
    #[serde(default)]
    #[schema(max_length = 10_000, nullable = false)]
    pub description: Option<String>,
    /// How urgent it is.
    #[serde(default)]
    #[schema(nullable = false)]
    pub priority: Option<TicketPriority>,
    /// What kind of thing it is about.
    #[serde(default)]
    #[schema(min_length = 1, max_length = 64, nullable = false)]
    pub category: Option<String>,
    /// How it stands.
    #[serde(default)]
    #[schema(nullable = false)]
    pub status: Option<TicketStatus>,
}

/// Changes a ticket. Permission `tickets:update`. 404 when it is not in the caller's tenant, or the
/// caller does not see it.
#[utoipa::path(
    patch, path = "/tickets/{id}", operation_id = "updateTicket", tag = "tickets",
    params(("id" = TicketId, Path, description = "The ticket")),
    request_body = TicketPatch,
    responses((status = 200, description = "The ticket", body = TicketView))
)]
pub(super) async fn update(
    mut scope: Scope,
    Path(id): Path<TicketId>,
    Json(body): Json<TicketPatch>,
) -> ApiResult<Json<TicketView>> {
    let change = Change {
        title: body.title,
        description: body.description,
        priority: body.priority.map(TicketPriority::as_str),
        category: body.category,
        status: body.status.map(TicketStatus::as_str),
    };
    let changed = service::update(&mut scope, id, &change).await?;
    Ok(Json(TicketView::one(&scope, changed)))
}
