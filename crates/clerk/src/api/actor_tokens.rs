//! Actor tokens: one-time tickets with which somebody signs in as somebody else.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::ApiError;
use super::client::{ClerkApi, Nothing};

/// Who signs in as whom, and for how long.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ActorTokenCreate {
    /// The provider's id of the user who is signed in as.
    pub user_id: String,
    /// Who really acts. All of it is in the session's tokens, as the claim `act`.
    pub actor: ActorOf,
    /// For how long the ticket opens a session, seconds.
    pub expires_in_seconds: u32,
    /// How long the session lasts at most, seconds.
    pub session_max_duration_in_seconds: u32,
}

/// Who really acts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ActorOf {
    /// The provider's id of them.
    pub sub: String,
    /// What the product calls this impersonation.
    pub impersonation: String,
}

/// An actor token as it is answered when it is made.
#[derive(Deserialize)]
pub struct ActorToken {
    /// `act_…`.
    pub id: String,
    /// Where a browser uses the ticket. Whoever has it signs in: a secret, and told only once.
    url: Option<String>,
}

impl ActorToken {
    /// Where a browser uses the ticket; none where the answer does not say.
    #[must_use]
    pub fn url(&self) -> Option<&str> {
        self.url.as_deref()
    }
}

impl fmt::Debug for ActorToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("ActorToken");
        shown.field("id", &self.id).finish_non_exhaustive()
    }
}

impl ClerkApi {
    /// Makes a ticket with which somebody signs in as a user. Not idempotent: where the answer was
    /// lost, there may be a ticket that nobody has.
    ///
    /// # Errors
    /// [`ApiError`]; [`ApiError::is_not_found`] where there is no such user.
    pub async fn create_actor_token(
        &self,
        token: &ActorTokenCreate,
    ) -> Result<ActorToken, ApiError> {
        self.post(&["actor_tokens"], token).await
    }

    /// Takes a ticket back that was not used yet.
    ///
    /// # Errors
    /// [`ApiError`]; a refusal where it was used or taken back.
    pub async fn revoke_actor_token(&self, id: &str) -> Result<ActorToken, ApiError> {
        self.post(&["actor_tokens", id, "revoke"], &Nothing {})
            .await
    }
}
