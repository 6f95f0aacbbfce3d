//! `POST /tickets`.

use bailiwick_api::ApiResult;
use bailiwick_api::extract::{Idempotent, Json};
use bailiwick_services::Scope;
use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use super::{TicketPriority, TicketView};
use crate::service::{self, Input};

/// What a new ticket is about.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TicketCreate {
    /// A line.
    #[schema(min_length = 1, max_length = 200)]
    pub title: String,
    /// All of it.
    #[serde(default)]
    #[schema(max_length = 10_000)]
    pub description: Option<String>,
    /// How urgent it is.
    pub priority: TicketPriority,
    /// What kind of thing it is about.
    #[schema(min_length = 1, max_length = 64, example = "technical")]
    pub category: String,
}

/// Opens a ticket. Permission `tickets:create`.
#[utoipa::path(
    post, path = "/tickets", operation_id = "createTicket", tag = "tickets",
    params(("Idempotency-Key" = Option<String>, Header, description = "Makes a repeated request answer as the first")),
    request_body = TicketCreate,
    responses((status = 201, description = "The ticket", body = TicketView))
)]
pub(super) async fn create(
    mut scope: Scope,
    request: Idempotent<TicketCreate>,
) -> ApiResult<(StatusCode, Json<TicketView>)> {
    let input = Input {
        title: request.body.title,
        description: request.body.description,
        priority: request.body.priority.as_str(),
        category: request.body.category,
    };
    let made = service::create(&mut scope, &input, request.key.as_ref()).await?;
    Ok((StatusCode::CREATED, Json(TicketView::one(&scope, made))))
}
