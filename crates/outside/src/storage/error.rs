//! What can go wrong with a store.

/// A store that did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// The store answered with an error, after the retries where it was worth retrying.
    #[error("the object store answered {status} ({code}) to {operation}")]
    Status {
        /// What was asked: `head`, `list`, …
        operation: &'static str,
        /// The HTTP status.
        status: u16,
        /// The store's code, empty where it sent none: `AccessDenied`, `NoSuchBucket`.
        code: String,
    },
    /// No answer: connection refused or lost, or the time was up.
    #[error("the object store could not be reached for {operation}")]
    Transport {
        /// What was asked.
        operation: &'static str,
        /// What happened.
        #[source]
        source: reqwest::Error,
    },
    /// An answer that is not what was asked for.
    #[error("the object store's answer to {operation} is malformed")]
    Malformed {
        /// What was asked.
        operation: &'static str,
    },
    /// An object beyond the bound that was given.
    #[error("the object is larger than {0} bytes")]
    TooLarge(usize),
    /// A type that cannot be sent as a header.
    #[error("the content type cannot be sent as a header")]
    ContentType,
    /// No time at all, or more than a store signs for.
    #[error("the expiry is not between a second and a week")]
    Expiry,
    /// The store takes writes to keys that it has although the condition forbids them.
    #[error("the object store ignores If-None-Match, so that uploads could replace documents")]
    ConditionIgnored,
}

impl StorageError {
    /// Whether the same call may succeed later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Transport { .. } => true,
            Self::Status { status, .. } => *status == 429 || *status >= 500,
            _ => false,
        }
    }
}
