//! Signatures over the raw body.

use aws_lc_rs::constant_time::verify_slices_are_equal;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use http::HeaderMap;
use jiff::Timestamp;

use super::Secret;

/// How far a message's time may lie from ours, in both directions, inclusive.
pub const TOLERANCE_SECS: u64 = 300;

/// Longer ids are refused: nobody issues them, and they are stored as keys.
const MAX_ID_BYTES: usize = 256;

/// A sender signs with each live key; it keeps ten old ones at most.
const MAX_SIGNATURES: usize = 32;

/// A genuine message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Verified {
    /// The message's id, the same for each delivery of it.
    pub id: String,
    /// When this delivery was signed.
    pub timestamp: Timestamp,
}

/// Why a message is not taken. All of it is 401 to the sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// No complete set of `svix-*` or `webhook-*` headers.
    #[error("the webhook's signature headers are missing")]
    HeadersMissing,
    /// An id that cannot be one.
    #[error("the webhook's id is malformed")]
    Id,
    /// Not a number of seconds.
    #[error("the webhook's timestamp is malformed")]
    Timestamp,
    /// Signed too long ago.
    #[error("the webhook's timestamp is too old")]
    TooOld,
    /// Signed in the future.
    #[error("the webhook's timestamp is in the future")]
    TooNew,
    /// None of the signatures was made with one of our secrets.
    #[error("no signature of the webhook matches")]
    NoMatch,
}

impl SignatureError {
    /// A short stable word for metrics.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::HeadersMissing => "headers_missing",
            Self::Id => "id",
            Self::Timestamp => "timestamp",
            Self::TooOld => "too_old",
            Self::TooNew => "too_new",
            Self::NoMatch => "no_match",
        }
    }
}

/// Verifies a webhook over the bytes as they came. `svix-*` headers win over `webhook-*` where
/// both sets are complete. Any `v1` signature that any of the secrets made is enough, so that
/// secrets can be rotated on either side. Replays within the tolerance pass: recognise them by id.
///
/// # Errors
/// [`SignatureError`], for logs and metrics. Never panics, whatever the headers hold.
pub fn verify(
    headers: &HeaderMap,
    raw_body: &[u8],
    secrets: &[Secret],
    now: Timestamp,
) -> Result<Verified, SignatureError> {
    let [id, seconds, signatures] =
        header_set(headers, ["svix-id", "svix-timestamp", "svix-signature"])
            .or_else(|| {
                header_set(
                    headers,
                    ["webhook-id", "webhook-timestamp", "webhook-signature"],
                )
            })
            .ok_or(SignatureError::HeadersMissing)?;

    if id.len() > MAX_ID_BYTES || id.contains('.') {
        return Err(SignatureError::Id);
    }
    let timestamp = signed_at(seconds, now)?;
    let candidates: Vec<Vec<u8>> = signatures
        .split(' ')
        .filter_map(|entry| entry.strip_prefix("v1,"))
        .take(MAX_SIGNATURES)
        .filter_map(|base64| STANDARD.decode(base64).ok())
        .collect();
    let genuine = secrets.iter().any(|secret| {
        let expected = secret.sign(id, seconds, raw_body);
        candidates
            .iter()
            .any(|candidate| verify_slices_are_equal(candidate, expected.as_ref()).is_ok())
    });
    if !genuine {
        return Err(SignatureError::NoMatch);
    }
    Ok(Verified {
        id: id.to_owned(),
        timestamp,
    })
}

/// All three headers, none of them empty.
fn header_set<'a>(headers: &'a HeaderMap, names: [&str; 3]) -> Option<[&'a str; 3]> {
    let value = |name: &str| {
        headers
            .get(name)
            .and_then(|value| value.to_str().ok())
            .filter(|value| !value.is_empty())
    };
    let [id, timestamp, signature] = names;
    Some([value(id)?, value(timestamp)?, value(signature)?])
}

/// Reads whole seconds, digits alone, and holds them against our clock.
fn signed_at(text: &str, now: Timestamp) -> Result<Timestamp, SignatureError> {
    if !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(SignatureError::Timestamp);
    }
    let seconds: i64 = text.parse().map_err(|_| SignatureError::Timestamp)?;
    let now = now.as_second();
    if now.abs_diff(seconds) > TOLERANCE_SECS {
        return Err(if seconds < now {
            SignatureError::TooOld
        } else {
            SignatureError::TooNew
        });
    }
    Timestamp::from_second(seconds).map_err(|_| SignatureError::Timestamp)
}
