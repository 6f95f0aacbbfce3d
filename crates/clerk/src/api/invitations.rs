//! Invitations to organizations.

use serde::Serialize;

use super::client::{ClerkApi, Nothing};
use super::{ApiError, List, ListPage};
use crate::resources::{Metadata, OrganizationInvitation};

/// Whom to invite, as what.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct InviteToOrganization {
    /// Whom.
    pub email_address: String,
    /// The provider's role that they get.
    pub role: String,
    /// The provider's id of who invites; they must be able to invite there too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub inviter_user_id: Option<String>,
    /// Where the mail's link leads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub redirect_url: Option<String>,
    /// When it ends by itself, 1 to 365 days.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_in_days: Option<u16>,
    /// Servers only.
    #[serde(skip_serializing_if = "Metadata::is_empty")]
    pub private_metadata: Metadata,
}

impl ClerkApi {
    /// Invites to an organization; the provider sends the mail. Not idempotent: where the answer was
    /// lost, look before repeating.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn invite_to_organization(
        &self,
        org_id: &str,
        invitation: &InviteToOrganization,
    ) -> Result<OrganizationInvitation, ApiError> {
        self.post(&["organizations", org_id, "invitations"], invitation)
            .await
    }

    /// One page of an organization's invitations to an address, of any state.
    ///
    /// # Errors
    /// [`ApiError`]; [`ApiError::is_not_found`] where the organization does not exist.
    pub async fn list_organization_invitations(
        &self,
        org_id: &str,
        email_address: &str,
        page: ListPage,
    ) -> Result<List<OrganizationInvitation>, ApiError> {
        let mut query = page.query();
        query.push(("email_address", email_address.to_owned()));
        self.get(&["organizations", org_id, "invitations"], &query)
            .await
    }

    /// One page of the open invitations of all organizations, oldest first.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn list_open_invitations(
        &self,
        page: ListPage,
    ) -> Result<List<OrganizationInvitation>, ApiError> {
        let mut query = page.query();
        query.push(("order_by", "+created_at".to_owned()));
        query.push(("status", "pending".to_owned()));
        self.get(&["organization_invitations"], &query).await
    }

    /// An invitation, whatever its state.
    ///
    /// # Errors
    /// [`ApiError`]; [`ApiError::is_gone`] where there is none of that id.
    pub async fn get_organization_invitation(
        &self,
        org_id: &str,
        invitation_id: &str,
    ) -> Result<OrganizationInvitation, ApiError> {
        self.get(
            &["organizations", org_id, "invitations", invitation_id],
            &[],
        )
        .await
    }

    /// Takes an open invitation back. Repeated, it is refused: it is not open any more.
    ///
    /// # Errors
    /// [`ApiError`]; [`ApiError::is_not_found`] where there is none of that id.
    pub async fn revoke_organization_invitation(
        &self,
        org_id: &str,
        invitation_id: &str,
    ) -> Result<OrganizationInvitation, ApiError> {
        let path = [
            "organizations",
            org_id,
            "invitations",
            invitation_id,
            "revoke",
        ];
        self.post(&path, &Nothing {}).await
    }
}
