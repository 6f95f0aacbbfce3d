//! `GET /organizations/{id}/invitations/{invitationId}`.

use bailiwick_kernel::id::{InvitationId, OrgId};
use bailiwick_services::{Caller, invitations};

use super::InvitationView;
use crate::extract::{Json, Path};
use crate::problem::ApiResult;

/// One invitation, with how far it is. Permission `users:invite`. 404 for who is no member, and
/// where there is none.
#[utoipa::path(
    get, path = "/organizations/{id}/invitations/{invitationId}", operation_id = "getInvitation",
    tag = "organizations",
    params(
        ("id" = OrgId, Path, description = "The organization"),
        ("invitationId" = InvitationId, Path, description = "The invitation"),
    ),
    responses((status = 200, description = "The invitation", body = InvitationView))
)]
pub(super) async fn get(
    caller: Caller,
    Path((id, invitation)): Path<(OrgId, InvitationId)>,
) -> ApiResult<Json<InvitationView>> {
    let found = invitations::get(&caller, id, invitation).await?;
    Ok(Json(found.into()))
}
