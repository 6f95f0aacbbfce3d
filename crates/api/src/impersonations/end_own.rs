//! `DELETE /me/impersonation`.

use bailiwick_services::{Caller, impersonations};
use http::StatusCode;

use super::{ImpersonationView, status};
use crate::extract::Json;
use crate::problem::ApiResult;

/// Ends the impersonation by which somebody acts for the caller, from inside of it. Needs such a
/// session and no permission; 404 where nobody acts for the caller.
#[utoipa::path(
    delete, path = "/me/impersonation", operation_id = "endMyImpersonation", tag = "me",
    responses(
        (status = 200, description = "The impersonation as it is now", body = ImpersonationView),
        (status = 202, description = "Nobody acts by it, and the identity provider has not ended its session yet", body = ImpersonationView),
    )
)]
pub(super) async fn end_own(caller: Caller) -> ApiResult<(StatusCode, Json<ImpersonationView>)> {
    let (shown, progress) = impersonations::end_own(&caller).await?;
    let people = impersonations::people(caller.app(), [&shown.impersonation]).await?;
    let view = ImpersonationView::of(shown, &people);
    Ok((status(progress), Json(view)))
}
