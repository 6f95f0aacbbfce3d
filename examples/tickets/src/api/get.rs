//! `GET /tickets/{id}`.

use bailiwick_api::ApiResult;
use bailiwick_api::extract::{Json, Path};
use bailiwick_services::Scope;

use super::TicketView;
use crate::{TicketId, service};

/// One ticket. Permission `tickets:read`. 404 when it is not in the caller's tenant, or another
/// person's and the caller sees only their own.
#[utoipa::path(
    get, path = "/tickets/{id}", operation_id = "getTicket", tag = "tickets",
    params(("id" = TicketId, Path, description = "The ticket")),
    responses((status = 200, description = "The ticket", body = TicketView))
)]
pub(super) async fn get(mut scope: Scope, Path(id): Path<TicketId>) -> ApiResult<Json<TicketView>> {
    let found = service::get(&mut scope, id).await?;
    Ok(Json(TicketView::one(&scope, found)))
}
