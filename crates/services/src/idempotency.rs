//! `Idempotency-Key`: a repeated request answers as the first.

use bailiwick_kernel::id::UserId;
use bailiwick_store::idempotency::Key;
use jiff::SignedDuration;

/// How long a key is remembered.
pub(crate) const TTL: SignedDuration = SignedDuration::from_hours(24);

/// An `Idempotency-Key` with the hash of the request that it came with.
#[derive(Debug, Clone)]
pub struct IdempotencyKey {
    /// The header's value.
    pub key: String,
    /// SHA-256 of the path and the body.
    pub request_hash: [u8; 32],
}

impl IdempotencyKey {
    /// The key `key` of a request to `path` (below the prefix, so that both spell it alike) with
    /// `body`.
    #[must_use]
    pub fn new(key: String, path: &str, body: &[u8]) -> Self {
        let mut digest = aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256);
        digest.update(path.as_bytes());
        digest.update(&[0]);
        digest.update(body);
        let mut request_hash = [0; 32];
        request_hash.copy_from_slice(digest.finish().as_ref());
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
