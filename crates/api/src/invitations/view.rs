//! An invitation as the API shows it.

use bailiwick_kernel::id::{InvitationId, UserId};
use bailiwick_services::invitations::InvitationAndChange;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::views::ChangeView;

/// An invitation into an organization.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Invitation)]
pub struct InvitationView {
    /// Our id.
    id: InvitationId,
    /// The provider's id; null until it has the invitation.
    #[schema(required = true)]
    clerk_invitation_id: Option<String>,
    /// Whom it is for.
    email: String,
    /// The role that it gives.
    role: String,
    /// `pending`, `accepted`, `revoked`, `expired`, or `failed` where the provider refused it.
    #[schema(value_type = InvitationStatus)]
    status: String,
    /// Who invited; null where it was made at the provider.
    #[schema(required = true)]
    invited_by: Option<UserId>,
    /// When it ends by itself; null until the provider has it.
    #[schema(required = true, value_type = Option<String>, format = DateTime)]
    expires_at: Option<Timestamp>,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// What was decided and the provider has not done yet, or refused; null where all is done.
    #[schema(required = true)]
    change: Option<ChangeView>,
}

/// How an invitation stands.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
#[expect(
    dead_code,
    reason = "describes the values of a text in the OpenAPI document"
)]
pub enum InvitationStatus {
    /// Open.
    Pending,
    /// Somebody came by it.
    Accepted,
    /// Taken back.
    Revoked,
    /// Its time is over.
    Expired,
    /// The provider refused it.
    Failed,
}

impl InvitationView {
    /// Whether the provider has still to do its part.
    pub fn is_pending(&self) -> bool {
        self.change.as_ref().is_some_and(ChangeView::is_pending)
    }
}

impl From<InvitationAndChange> for InvitationView {
    fn from(found: InvitationAndChange) -> Self {
        let InvitationAndChange {
            invitation,
            change,
            at,
        } = found;
        Self {
            status: invitation.status_at(at).to_owned(),
            id: invitation.id,
            clerk_invitation_id: invitation.clerk_invitation_id,
            email: invitation.email,
            role: invitation.role,
            invited_by: invitation.invited_by,
            expires_at: invitation.expires_at,
            created_at: invitation.created_at,
            change: change.map(ChangeView::from),
        }
    }
}
