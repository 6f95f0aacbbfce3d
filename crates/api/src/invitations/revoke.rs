//! `DELETE /organizations/{id}/invitations/{invitationId}`.

use bailiwick_kernel::id::{InvitationId, OrgId};
use bailiwick_services::{Caller, invitations};
use http::StatusCode;

use super::{InvitationView, status};
use crate::extract::{Json, Path};
use crate::problem::ApiResult;

/// Takes an invitation back, at once. Permission `users:invite`. 404 for who is no member, and
/// where there is none; 403 for a role above the caller's; 409 where it is over.
#[utoipa::path(
    delete, path = "/organizations/{id}/invitations/{invitationId}",
    operation_id = "revokeInvitation", tag = "organizations",
    params(
        ("id" = OrgId, Path, description = "The organization"),
        ("invitationId" = InvitationId, Path, description = "The invitation"),
    ),
    responses(
        (status = 200, description = "The invitation as it is now", body = InvitationView),
        (status = 202, description = "In force, and not done at the identity provider yet", body = InvitationView),
    )
)]
pub(super) async fn revoke(
    caller: Caller,
    Path((id, invitation)): Path<(OrgId, InvitationId)>,
) -> ApiResult<(StatusCode, Json<InvitationView>)> {
    let revoked = invitations::revoke(&caller, id, invitation).await?;
    let view = InvitationView::from(revoked);
    Ok((status(&view, StatusCode::OK), Json(view)))
}
