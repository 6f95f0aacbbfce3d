//! What invitations are made with.

use bailiwick_kernel::Problem;
use bailiwick_kernel::text::Fields;
use bailiwick_services::invitations::NewInvitation;
use serde::Deserialize;
use utoipa::ToSchema;

/// Whom to invite, as what.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct InvitationCreate {
    /// An e-mail address.
    #[schema(format = Email, max_length = 254)]
    pub email: String,
    /// A role of the installation's policy, no higher than the caller's.
    pub role: String,
}

impl InvitationCreate {
    /// The checked input.
    pub(super) fn checked(&self) -> Result<NewInvitation, Problem> {
        let mut fields = Fields::new();
        let email = fields.email("email", &self.email);
        fields.finish()?;
        let role = self.role.clone();
        Ok(NewInvitation { email, role })
    }
}
