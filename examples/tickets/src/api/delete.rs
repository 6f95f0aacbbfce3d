//! `DELETE /tickets/{id}`.

use bailiwick_api::ApiResult;
use bailiwick_api::extract::Path;
use bailiwick_services::Scope;
use http::StatusCode;

use crate::{TicketId, service};

/// Deletes a ticket. Permission `tickets:delete`. 404 when it is not in the caller's tenant, or the
/// caller does not see it.
#[utoipa::path(
    delete, path = "/tickets/{id}", operation_id = "deleteTicket", tag = "tickets",
    params(("id" = TicketId, Path, description = "The ticket")),
    responses((status = 204, description = "It is gone"))
)]
pub(super) async fn delete(mut scope: Scope, Path(id): Path<TicketId>) -> ApiResult<StatusCode> {
    service::delete(&mut scope, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
