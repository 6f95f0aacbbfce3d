//! `POST /organizations/{id}/invitations/{invitationId}/resend`.

use bailiwick_kernel::id::{InvitationId, OrgId};
use bailiwick_services::{Caller, invitations};
use http::StatusCode;

use super::{InvitationView, status};
use crate::extract::{Json, Key, Path};
use crate::problem::ApiResult;

/// Sends an open or expired invitation anew; the link of the mail before ends. Permission
/// `users:invite`. 404 for who is no member, and where there is none; 403 for a role above the
/// caller's, and for an expired one where the plan allows nobody more; 409 where it is over; 429
/// beyond the organization's invitations within an hour.
#[utoipa::path(
    post, path = "/organizations/{id}/invitations/{invitationId}/resend",
    operation_id = "resendInvitation", tag = "organizations",
    params(
        ("id" = OrgId, Path, description = "The organization"),
        ("invitationId" = InvitationId, Path, description = "The invitation"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a repeated request answer as the first"),
    ),
    responses(
        (status = 200, description = "The invitation, which has been sent", body = InvitationView),
        (status = 202, description = "The invitation, which is sent as soon as the provider can be reached", body = InvitationView),
    )
)]
pub(super) async fn resend(
    caller: Caller,
    Path((id, invitation)): Path<(OrgId, InvitationId)>,
    Key(key): Key,
) -> ApiResult<(StatusCode, Json<InvitationView>)> {
    let sent = invitations::resend(&caller, id, invitation, key.as_ref()).await?;
    let view = InvitationView::from(sent);
    Ok((status(&view, StatusCode::OK), Json(view)))
}
