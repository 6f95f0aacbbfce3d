//! Users.

use super::client::{ClerkApi, found};
use super::{ApiError, List, ListPage};
use crate::resources::{Membership, User};

/// How many addresses one look-up may name; the provider bounds the length of its URLs.
const MAX_EMAILS: usize = 100;

impl ClerkApi {
    /// A user who must exist.
    ///
    /// # Errors
    /// [`ApiError`]; [`ApiError::is_not_found`] where they do not exist.
    pub async fn get_user(&self, user_id: &str) -> Result<User, ApiError> {
        self.get(&["users", user_id], &[]).await
    }

    /// A user who may exist.
    ///
    /// # Errors
    /// [`ApiError`] other than not found.
    pub async fn find_user(&self, user_id: &str) -> Result<Option<User>, ApiError> {
        found(self.get_user(user_id).await)
    }

    /// The users who have one of these addresses, verified or not: look at
    /// [`User::primary_verified_email`] before concluding anything. No address asks for nobody,
    /// and of more than 100 only the first 100 count.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn list_users_by_email(&self, emails: &[&str]) -> Result<Vec<User>, ApiError> {
        if emails.is_empty() {
            return Ok(Vec::new());
        }
        let mut query: Vec<(&str, String)> = emails
            .iter()
            .take(MAX_EMAILS)
            .map(|email| ("email_address", (*email).to_owned()))
            .collect();
        query.push(("limit", "500".to_owned()));
        self.get(&["users"], &query).await
    }

    /// One page of all users, oldest first, so that pages stay put while users are added.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn list_users(&self, page: ListPage) -> Result<Vec<User>, ApiError> {
        let mut query = page.query();
        query.push(("order_by", "+created_at".to_owned()));
        self.get(&["users"], &query).await
    }

    /// One page of a user's memberships.
    ///
    /// # Errors
    /// [`ApiError`]; [`ApiError::is_not_found`] where the user does not exist.
    pub async fn list_user_memberships(
        &self,
        user_id: &str,
        page: ListPage,
    ) -> Result<List<Membership>, ApiError> {
        self.get(
            &["users", user_id, "organization_memberships"],
            &page.query(),
        )
        .await
    }
}
