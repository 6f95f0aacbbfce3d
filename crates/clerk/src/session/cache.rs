//! Tokens that were verified a moment ago.
//!
//! Sound because the key is a collision-resistant hash of the *whole* token, only successes are
//! kept, times are checked again on each hit, an entry lives a minute at most, and entries of an
//! older key set do not count. Removed members and revoked sessions are not its business: the
//! mirror answers for them on each request.

use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use moka::sync::Cache;

use super::SessionClaims;

/// How long a verified token is remembered at most.
const MAX_AGE: Duration = Duration::from_secs(60);

/// The hash of a whole token, its signature included.
pub(super) type TokenHash = [u8; 32];

/// What is remembered of a token.
#[derive(Clone)]
pub(super) struct Entry {
    pub claims: Arc<SessionClaims>,
    /// The generation of the key set that vouched for it.
    generation: u64,
    /// Unix seconds from which on it is verified anew.
    good_until: i64,
}

/// A bounded memory of verified tokens.
pub(super) struct VerifiedTokens(Cache<TokenHash, Entry>);

impl VerifiedTokens {
    pub(super) fn new(capacity: u64) -> Self {
        Self(
            Cache::builder()
                .max_capacity(capacity)
                .time_to_live(MAX_AGE)
                .build(),
        )
    }

    pub(super) fn hash(token: &str) -> TokenHash {
        let mut hash = [0; 32];
        hash.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
        hash
    }

    /// The claims of a token that was verified with the key set of `generation`, where it need not
    /// be verified anew at `now` (Unix seconds).
    pub(super) fn get(
        &self,
        hash: &TokenHash,
        generation: u64,
        now: i64,
    ) -> Option<Arc<SessionClaims>> {
        let entry = self.0.get(hash)?;
        (entry.generation == generation && now < entry.good_until).then_some(entry.claims)
    }

    pub(super) fn insert(
        &self,
        hash: TokenHash,
        claims: Arc<SessionClaims>,
        generation: u64,
        now: i64,
    ) {
        let max_age = i64::try_from(MAX_AGE.as_secs()).unwrap_or(i64::MAX);
        let good_until = claims
            .expires_at
            .as_second()
            .min(now.saturating_add(max_age));
        if now < good_until {
            self.0.insert(
                hash,
                Entry {
                    claims,
                    generation,
                    good_until,
                },
            );
        }
    }
}
