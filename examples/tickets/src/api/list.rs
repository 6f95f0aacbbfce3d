//! `GET /tickets`.

use bailiwick_api::ApiResult;
use bailiwick_api::extract::{Json, Query};
use bailiwick_kernel::page::{Page, PageQuery};
use bailiwick_services::Scope;
use serde::Deserialize;
use utoipa::IntoParams;

use super::{TicketStatus, TicketView};
use crate::service;

/// Which of them.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(rename_all = "camelCase")]
pub struct TicketFilter {
    /// Only those that stand so.
    #[serde(default)]
    #[param(inline)]
    pub status: Option<TicketStatus>,
}

/// Tickets, newest first. Permission `tickets:read`; with reach `own` only what one opened oneself.
#[utoipa::path(
    get, path = "/tickets", operation_id = "listTickets", tag = "tickets",
    params(PageQuery, TicketFilter),
    responses((status = 200, description = "A page of tickets", body = Page<TicketView>))
)]
pub(super) async fn list(
    mut scope: Scope,
    Query(query): Query<PageQuery>,
    Query(filter): Query<TicketFilter>,
) -> ApiResult<Json<Page<TicketView>>> {
    let status = filter.status.map(TicketStatus::as_str);
    let (page, people) = service::list(&mut scope, status, &query).await?;
    Ok(Json(
        page.map(|ticket| TicketView::of(&scope, ticket, &people)),
    ))
}
