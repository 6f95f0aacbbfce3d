//! Changing who belongs to an organization.

use serde::Serialize;

use super::ApiError;
use super::client::ClerkApi;
use crate::resources::Membership;

#[derive(Serialize)]
struct Role<'a> {
    role: &'a str,
}

impl ClerkApi {
    /// Gives a member another role. Can be repeated.
    ///
    /// # Errors
    /// [`ApiError`]; [`ApiError::is_not_found`] where they are no member.
    pub async fn update_membership(
        &self,
        org_id: &str,
        user_id: &str,
        role: &str,
    ) -> Result<Membership, ApiError> {
        self.patch(
            &["organizations", org_id, "memberships", user_id],
            &Role { role },
        )
        .await
    }

    /// Ends a membership and answers what it was last. Repeated, it is not found.
    ///
    /// # Errors
    /// [`ApiError`]; [`ApiError::is_not_found`] where they are no member.
    pub async fn delete_membership(
        &self,
        org_id: &str,
        user_id: &str,
    ) -> Result<Membership, ApiError> {
        self.delete(&["organizations", org_id, "memberships", user_id])
            .await
    }
}
