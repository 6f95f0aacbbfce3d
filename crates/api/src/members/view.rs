//! A member as the API shows one.

use bailiwick_kernel::id::UserId;
use bailiwick_services::members::MemberAndChange;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::views::ChangeView;

/// A member of an organization.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = OrganizationMember)]
pub struct MemberView {
    /// Who.
    user_id: UserId,
    /// The provider's id.
    #[schema(required = true)]
    clerk_user_id: Option<String>,
    /// The verified primary e-mail.
    #[schema(required = true)]
    email: Option<String>,
    /// First and last name.
    #[schema(required = true)]
    full_name: Option<String>,
    /// A picture.
    #[schema(required = true)]
    avatar_url: Option<String>,
    /// The org role.
    role: String,
    /// `active`, `suspended`, `pending` (in another organization where one is all there may be) or
    /// `removed`.
    #[schema(value_type = MemberStatus)]
    status: String,
    /// Whose invitation brought them.
    #[schema(required = true)]
    invited_by: Option<UserId>,
    /// Since when.
    #[schema(value_type = String, format = DateTime)]
    joined_at: Timestamp,
    /// When they were seen last.
    #[schema(required = true, value_type = Option<String>, format = DateTime)]
    last_active_at: Option<Timestamp>,
    /// What was decided and the provider has not done yet, or refused; null where all is done.
    #[schema(required = true)]
    change: Option<ChangeView>,
}

/// What a membership is.
#[derive(ToSchema)]
#[schema(rename_all = "lowercase")]
#[expect(
    dead_code,
    reason = "describes the values of a text in the OpenAPI document"
)]
pub enum MemberStatus {
    /// Lets in.
    Active,
    /// Lets in nowhere until somebody reactivates it.
    Suspended,
    /// Waits for the end of another membership.
    Pending,
    /// Ended.
    Removed,
}

impl From<MemberAndChange> for MemberView {
    fn from(found: MemberAndChange) -> Self {
        let MemberAndChange { member, change } = found;
        Self {
            user_id: member.user,
            clerk_user_id: member.clerk_user_id,
            email: member.email,
            full_name: member.full_name,
            avatar_url: member.avatar_url,
            role: member.role,
            status: member.status,
            invited_by: member.invited_by,
            joined_at: member.joined_at,
            last_active_at: member.last_active_at,
            change: change.map(ChangeView::from),
        }
    }
}
