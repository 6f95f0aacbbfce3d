//! `POST /organizations/{id}/invitations`.

use bailiwick_kernel::id::OrgId;
use bailiwick_services::{Caller, invitations};
use http::StatusCode;

use super::input::InvitationCreate;
use super::{InvitationView, status};
use crate::extract::{Idempotent, Json, Path};
use crate::problem::ApiResult;

/// Invites an address; the identity provider sends the mail. Permission `users:invite`. 404 for who
/// is no member; 403 for a role above the caller's, and where the plan allows nobody more; 409 where
/// the address is invited or a member's; 429 beyond the organization's invitations within an hour.
#[utoipa::path(
    post, path = "/organizations/{id}/invitations", operation_id = "createInvitation",
    tag = "organizations",
    params(
        ("id" = OrgId, Path, description = "The organization"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a repeated request answer as the first"),
    ),
    request_body = InvitationCreate,
    responses(
        (status = 201, description = "The invitation, which has been sent", body = InvitationView),
        (status = 202, description = "The invitation, which is sent as soon as the provider can be reached", body = InvitationView),
    )
)]
pub(super) async fn create(
    caller: Caller,
    Path(id): Path<OrgId>,
    request: Idempotent<InvitationCreate>,
) -> ApiResult<(StatusCode, Json<InvitationView>)> {
    let new = request.body.checked()?;
    let made = invitations::create(&caller, id, &new, request.key.as_ref()).await?;
    let view = InvitationView::from(made);
    Ok((status(&view, StatusCode::CREATED), Json(view)))
}
