//! `POST /organizations/{id}/invitations/bulk`.

use bailiwick_kernel::Problem;
use bailiwick_kernel::id::{InvitationId, OrgId};
use bailiwick_services::Caller;
use bailiwick_services::invitations::{self, BULK_MAX, Outcome};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::input::InvitationCreate;
use crate::extract::{Idempotent, Json, Path};
use crate::problem::ApiResult;

/// Whom to invite.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct InvitationsCreate {
    /// At least one, at most fifty.
    #[schema(min_items = 1, max_items = 50)]
    pub invitations: Vec<InvitationCreate>,
}

/// What became of each, in the order of the request.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InvitationsView {
    data: Vec<OutcomeView>,
}

/// What became of one.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = InvitationOutcome)]
pub struct OutcomeView {
    /// The address.
    email: String,
    /// The invitation, which is on its way; null where there is none.
    #[schema(required = true)]
    invitation_id: Option<InvitationId>,
    /// Why there is none: a code.
    #[schema(required = true, value_type = Option<String>)]
    code: Option<bailiwick_kernel::Code>,
}

impl From<Outcome> for OutcomeView {
    fn from(outcome: Outcome) -> Self {
        Self {
            email: outcome.email,
            invitation_id: outcome.result.ok(),
            code: outcome.result.err(),
        }
    }
}

/// Invites several addresses; they are sent right after. What is refused of one does not stop the
/// others. Permission `users:invite`. 404 for who is no member; the refusal of one where all are
/// refused; 429 beyond the organization's invitations within an hour, and then none is made.
#[utoipa::path(
    post, path = "/organizations/{id}/invitations/bulk", operation_id = "createInvitations",
    tag = "organizations",
    params(
        ("id" = OrgId, Path, description = "The organization"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a repeated request answer as the first"),
    ),
    request_body = InvitationsCreate,
    responses((status = 202, description = "What became of each", body = InvitationsView))
)]
pub(super) async fn create_bulk(
    caller: Caller,
    Path(id): Path<OrgId>,
    request: Idempotent<InvitationsCreate>,
) -> ApiResult<(StatusCode, Json<InvitationsView>)> {
    let Idempotent { key, body } = request;
    let count = body.invitations.len();
    if count == 0 || count > BULK_MAX {
        let message = format!("must have 1 to {BULK_MAX} entries");
        return Err(Problem::invalid("invitations", message).into());
    }
    let mut wanted = Vec::with_capacity(count);
    for (at, one) in body.invitations.iter().enumerate() {
        let checked = one.checked().map_err(|_| {
            let field = format!("invitations[{at}].email");
            Problem::invalid(field, "must be an e-mail address")
        });
        wanted.push(checked?);
    }
    let outcomes = invitations::create_bulk(&caller, id, &wanted, key.as_ref()).await?;
    let data = outcomes.into_iter().map(OutcomeView::from).collect();
    Ok((StatusCode::ACCEPTED, Json(InvitationsView { data })))
}
