//! `DELETE /platform/impersonations/{id}`.

use bailiwick_kernel::id::ImpersonationId;
use bailiwick_services::{Caller, impersonations};
use http::StatusCode;

use super::{ImpersonationView, status};
use crate::extract::{Json, Path};
use crate::problem::ApiResult;

/// Ends an impersonation, whoever's: nobody acts by it from here on, whatever session they have.
/// Permission `platform:impersonate`; 404 for everybody else. One that is over stays as it is.
#[utoipa::path(
    delete, path = "/platform/impersonations/{id}", operation_id = "endImpersonation",
    tag = "platform",
    params(("id" = ImpersonationId, Path, description = "The impersonation")),
    responses(
        (status = 200, description = "The impersonation as it is now", body = ImpersonationView),
        (status = 202, description = "Nobody acts by it, and the identity provider has not ended its session yet", body = ImpersonationView),
    )
)]
pub(super) async fn end(
    caller: Caller,
    Path(id): Path<ImpersonationId>,
) -> ApiResult<(StatusCode, Json<ImpersonationView>)> {
    let (shown, progress) = impersonations::end(&caller, id).await?;
    let people = impersonations::people(caller.app(), [&shown.impersonation]).await?;
    let view = ImpersonationView::of(shown, &people);
    Ok((status(progress), Json(view)))
}
