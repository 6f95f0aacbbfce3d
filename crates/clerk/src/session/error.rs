//! Why a token is refused.

/// Why a session token was not accepted. The text is for logs; callers answer 401 without it, or
/// 503 where [`TokenError::is_unavailable`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TokenError {
    /// Longer than [`super::MAX_TOKEN_BYTES`]; it was not looked at.
    #[error("the token is too large")]
    TooLarge,
    /// Not three base64url parts with JSON objects of the right types in them.
    #[error("the token's {0} is malformed")]
    Malformed(&'static str),
    /// A header that could bring a key or change how the token is read.
    #[error("the token carries the header {0}")]
    ForbiddenHeader(&'static str),
    /// Not RS256.
    #[error("the token's algorithm is not RS256")]
    Algorithm,
    /// `typ` is there and is not `JWT`.
    #[error("the token's type is not JWT")]
    Type,
    /// A template's or a machine's token, not a session's.
    #[error("the token's category is not that of a session")]
    Category,
    /// No `kid`.
    #[error("the token names no key")]
    KeyIdMissing,
    /// The issuer publishes no such key.
    #[error("the token's key is unknown")]
    KeyUnknown,
    /// The issuer's keys cannot be fetched, so nothing can be said about the token.
    #[error("the issuer's keys are unavailable")]
    KeysUnavailable,
    /// The signature is not the key's.
    #[error("the token's signature is wrong")]
    Signature,
    /// A claim without which it is no session token.
    #[error("the token lacks the claim {0}")]
    ClaimMissing(&'static str),
    /// A claim that is there and makes no sense.
    #[error("the token's claim {0} is malformed")]
    ClaimMalformed(&'static str),
    /// Another issuer's token.
    #[error("the token is another issuer's")]
    Issuer,
    /// Issued to an origin that is not on the allow-list.
    #[error("the token was issued to another party")]
    AuthorizedParty,
    /// Expired.
    #[error("the token has expired")]
    Expired,
    /// `nbf` or `iat` lies in the future.
    #[error("the token is not valid yet")]
    NotYetValid,
    /// `sts` is not `active`: the user has still something to do before the session counts.
    #[error("the token's session is not active")]
    NotActive,
    /// A version of claims that we do not read.
    #[error("the token's version of claims is unknown")]
    Version,
}

impl TokenError {
    /// Whether the fault is not the token's: the caller may try again (503, not 401).
    #[must_use]
    pub fn is_unavailable(self) -> bool {
        self == Self::KeysUnavailable
    }

    /// A short stable word for metrics.
    #[must_use]
    pub fn reason(self) -> &'static str {
        match self {
            Self::TooLarge => "too_large",
            Self::Malformed(_) => "malformed",
            Self::ForbiddenHeader(_) => "forbidden_header",
            Self::Algorithm => "algorithm",
            Self::Type => "type",
            Self::Category => "category",
            Self::KeyIdMissing => "key_id_missing",
            Self::KeyUnknown => "key_unknown",
            Self::KeysUnavailable => "keys_unavailable",
            Self::Signature => "signature",
            Self::ClaimMissing(_) => "claim_missing",
            Self::ClaimMalformed(_) => "claim_malformed",
            Self::Issuer => "issuer",
            Self::AuthorizedParty => "authorized_party",
            Self::Expired => "expired",
            Self::NotYetValid => "not_yet_valid",
            Self::NotActive => "not_active",
            Self::Version => "version",
        }
    }
}
