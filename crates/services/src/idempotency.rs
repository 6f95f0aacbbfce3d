//! `Idempotency-Key`: a repeated request answers as the first.

use bailiwick_kernel::id::UserId;
use bailiwick_store::idempotency::Key;
use jiff::SignedDuration;

/// How long a key is remembered.
pub(crate) const TTL: SignedDuration = SignedDuration::from_hours(24);

/// An `Idempotency-Key` with the hash of the body that came with it.
#[derive(Debug, Clone)]
pub struct IdempotencyKey {
    /// The header's value.
    pub key: String,
    /// SHA-256 of the body.
    pub request_hash: [u8; 32],
}

impl IdempotencyKey {
    /// The key `key` of a request with `body`.
    #[must_use]
    pub fn new(key: String, body: &[u8]) -> Self {
        let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, body);
        let mut request_hash = [0; 32];
        request_hash.copy_from_slice(digest.as_ref());
        Self { key, request_hash }
    }

    pub(crate) fn of(&self, user: UserId, operation: &'static str) -> Key<'_> {
        Key {
            user,
            operation,
            key: &self.key,
            request_hash: &self.request_hash,
        }
    }
}
