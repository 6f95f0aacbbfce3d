//! Organizations and their memberships.

use serde::{Deserialize, Serialize};

use super::ApiError;
use super::client::{ClerkApi, found};
use crate::resources::{Deleted, Membership, Metadata, Organization};

/// The provider's own bound on a page.
const MAX_LIMIT: u32 = 500;

/// How many ids one look-up may name, by the provider's own bound.
pub const MAX_AMONG: usize = 100;

/// Which part of a list is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ListPage {
    /// At most this many, 1 to 500.
    pub limit: u32,
    /// How many to leave out before.
    pub offset: u64,
}

impl ListPage {
    /// The first page, as large as the provider gives them.
    pub const FIRST: Self = Self {
        limit: MAX_LIMIT,
        offset: 0,
    };

    /// The page behind this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self {
            offset: self.offset.saturating_add(self.limit.into()),
            ..self
        }
    }

    pub(super) fn query(self) -> Vec<(&'static str, String)> {
        vec![
            ("limit", self.limit.clamp(1, MAX_LIMIT).to_string()),
            ("offset", self.offset.to_string()),
        ]
    }
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct List<T> {
    /// What is on the page.
    pub data: Vec<T>,
    /// How many there are on all pages.
    pub total_count: u64,
}

/// What a new organization needs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct CreateOrganization {
    /// Display name.
    pub name: String,
    /// The user who becomes its first member, with the creator's role.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub created_by: Option<String>,
    /// Slug; the provider makes one up where it is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slug: Option<String>,
    /// Readable by members.
    #[serde(skip_serializing_if = "Metadata::is_empty")]
    pub public_metadata: Metadata,
    /// Servers only.
    #[serde(skip_serializing_if = "Metadata::is_empty")]
    pub private_metadata: Metadata,
}

/// What an organization is to be called from now on; what is missing stays.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct UpdateOrganization {
    /// Display name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Slug.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub slug: Option<String>,
}

impl ClerkApi {
    /// An organization that must exist.
    ///
    /// # Errors
    /// [`ApiError`]; [`ApiError::is_not_found`] where it does not exist.
    pub async fn get_organization(&self, org_id: &str) -> Result<Organization, ApiError> {
        self.get(&["organizations", org_id], &[]).await
    }

    /// An organization that may exist.
    ///
    /// # Errors
    /// [`ApiError`] other than not found.
    pub async fn find_organization(&self, org_id: &str) -> Result<Option<Organization>, ApiError> {
        found(self.get_organization(org_id).await)
    }

    /// One page of all organizations, oldest first.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn list_organizations(&self, page: ListPage) -> Result<List<Organization>, ApiError> {
        let mut query = page.query();
        query.push(("order_by", "+created_at".to_owned()));
        self.get(&["organizations"], &query).await
    }

    /// One page of an organization's memberships.
    ///
    /// # Errors
    /// [`ApiError`]; [`ApiError::is_not_found`] where the organization does not exist.
    pub async fn list_organization_memberships(
        &self,
        org_id: &str,
        page: ListPage,
    ) -> Result<List<Membership>, ApiError> {
        self.get(&["organizations", org_id, "memberships"], &page.query())
            .await
    }

    /// One page of the memberships of all organizations, oldest first.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn list_memberships(&self, page: ListPage) -> Result<List<Membership>, ApiError> {
        let mut query = page.query();
        query.push(("order_by", "+created_at".to_owned()));
        self.get(&["organization_memberships"], &query).await
    }

    /// The memberships of these users in an organization; who is no member is not in the answer.
    /// Of more than 100 users only the first 100 count.
    ///
    /// # Errors
    /// [`ApiError`]; [`ApiError::is_gone`] where the organization does not exist.
    pub async fn list_memberships_among(
        &self,
        org_id: &str,
        user_ids: &[&str],
    ) -> Result<Vec<Membership>, ApiError> {
        if user_ids.is_empty() {
            return Ok(Vec::new());
        }
        let mut query: Vec<(&str, String)> = user_ids
            .iter()
            .take(MAX_AMONG)
            .map(|id| ("user_id", (*id).to_owned()))
            .collect();
        query.push(("limit", MAX_LIMIT.to_string()));
        let path = ["organizations", org_id, "memberships"];
        let list: List<Membership> = self.get(&path, &query).await?;
        Ok(list.data)
    }

    /// Creates an organization. Not idempotent: where the answer was lost, look before repeating.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn create_organization(
        &self,
        organization: &CreateOrganization,
    ) -> Result<Organization, ApiError> {
        self.post(&["organizations"], organization).await
    }

    /// Renames an organization. Can be repeated.
    ///
    /// # Errors
    /// [`ApiError`]; [`ApiError::is_not_found`] where it does not exist.
    pub async fn update_organization(
        &self,
        org_id: &str,
        change: &UpdateOrganization,
    ) -> Result<Organization, ApiError> {
        self.patch(&["organizations", org_id], change).await
    }

    /// Deletes an organization, for good.
    ///
    /// # Errors
    /// [`ApiError`]; [`ApiError::is_not_found`] where it does not exist.
    pub async fn delete_organization(&self, org_id: &str) -> Result<Deleted, ApiError> {
        self.delete(&["organizations", org_id]).await
    }
}
