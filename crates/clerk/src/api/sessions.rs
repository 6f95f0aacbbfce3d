//! Sessions.

use super::client::{ClerkApi, Nothing};
use super::{ApiError, ListPage};
use crate::resources::Session;

impl ClerkApi {
    /// One page of a user's active sessions.
    ///
    /// # Errors
    /// [`ApiError`].
    pub async fn list_active_sessions(
        &self,
        user_id: &str,
        page: ListPage,
    ) -> Result<Vec<Session>, ApiError> {
        let mut query = page.query();
        query.push(("user_id", user_id.to_owned()));
        query.push(("status", "active".to_owned()));
        self.get(&["sessions"], &query).await
    }

    /// Ends a session. Repeated, it stays ended.
    ///
    /// # Errors
    /// [`ApiError`]; [`ApiError::is_not_found`] where there is none of that id.
    pub async fn revoke_session(&self, id: &str) -> Result<Session, ApiError> {
        self.post(&["sessions", id, "revoke"], &Nothing {}).await
    }
}
