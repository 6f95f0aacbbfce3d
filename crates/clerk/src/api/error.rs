//! What can go wrong with a call.

use std::time::Duration;

use reqwest::StatusCode;
use serde::Deserialize;

use crate::http_body::BodyError;

/// A call that brought nothing.
#[derive(Debug, thiserror::Error)]
pub enum ApiError {
    /// The provider answered with an error. After the retries, where it was worth retrying.
    #[error("the provider answered {status} ({code})")]
    Status {
        /// The HTTP status.
        status: u16,
        /// The first error's code, empty where there is none: `resource_not_found`.
        code: String,
        /// The provider's words, for logs alone.
        message: String,
        /// The provider's id of the request, to ask its support with.
        trace_id: Option<String>,
        /// How long it asked us to wait.
        retry_after: Option<Duration>,
    },
    /// No answer: connection refused or lost, or the time was up.
    #[error("the provider could not be reached")]
    Transport(#[source] reqwest::Error),
    /// An answer beyond the bound.
    #[error("the provider's answer is too large")]
    TooLarge,
    /// An answer that is not what was asked for.
    #[error("the provider's answer is malformed")]
    Malformed(#[source] serde_json::Error),
    /// An id that cannot be one. Nothing was sent.
    #[error("the id is malformed")]
    Id,
}

impl ApiError {
    /// The HTTP status, where there was an answer.
    #[must_use]
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Status { status, .. } => Some(*status),
            _ => None,
        }
    }

    /// The provider's code, where it sent one.
    #[must_use]
    pub fn code(&self) -> Option<&str> {
        match self {
            Self::Status { code, .. } if !code.is_empty() => Some(code),
            _ => None,
        }
    }

    /// Whether the resource does not exist.
    #[must_use]
    pub fn is_not_found(&self) -> bool {
        self.status() == Some(StatusCode::NOT_FOUND.as_u16())
    }

    /// Whether the provider itself says that the resource does not exist. The 404 of a proxy, or of
    /// an address that is no Backend API, says nothing about anybody.
    #[must_use]
    pub fn is_gone(&self) -> bool {
        self.is_not_found() && self.code().is_some()
    }

    /// Whether the same call may succeed later: the provider is down, slow or asks for patience.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Transport(_) => true,
            Self::Status { status, .. } => *status == 429 || (500..600).contains(status),
            _ => false,
        }
    }

    /// Whether the provider understood, and will say no again: nothing was done. Bad credentials of
    /// ours are no refusal of the call.
    #[must_use]
    pub fn is_refusal(&self) -> bool {
        matches!(
            self.status(),
            Some(400 | 402 | 403 | 404 | 409 | 410 | 413 | 422)
        )
    }

    /// How long the provider asked us to wait.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Status { retry_after, .. } => *retry_after,
            _ => None,
        }
    }

    /// Reads an error's body. A body of any other shape, a proxy's for example, is no obstacle.
    pub(super) fn from_answer(status: u16, retry_after: Option<Duration>, body: &[u8]) -> Self {
        let body: ErrorBody = serde_json::from_slice(body).unwrap_or_default();
        let first = body.errors.into_iter().next().unwrap_or_default();
        Self::Status {
            status,
            code: first.code,
            message: first.long_message.unwrap_or(first.message),
            trace_id: body.clerk_trace_id,
            retry_after,
        }
    }
}

impl From<BodyError> for ApiError {
    fn from(error: BodyError) -> Self {
        match error {
            BodyError::TooLarge(_) => Self::TooLarge,
            BodyError::Transport(error) => Self::Transport(error),
        }
    }
}

#[derive(Default, Deserialize)]
struct ErrorBody {
    #[serde(default)]
    errors: Vec<ErrorItem>,
    clerk_trace_id: Option<String>,
}

#[derive(Default, Deserialize)]
struct ErrorItem {
    #[serde(default)]
    code: String,
    #[serde(default)]
    message: String,
    long_message: Option<String>,
}
