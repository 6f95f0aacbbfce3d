//! What can stop a use case.

use std::time::Duration;

use bailiwick_clerk::api::ApiError;
use bailiwick_kernel::page::InvalidCursor;
use bailiwick_kernel::{Code, Problem};
use bailiwick_outside::storage::StorageError;
use bailiwick_store as store;

/// A migration that failed for one tenant takes somebody's look before it succeeds.
const BEHIND_RETRY_S: u32 = 30;

/// A refusal for the client, or a fault of something that we need.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A refusal, in the words that the client sees.
    #[error(transparent)]
    Problem(#[from] Problem),
    /// The database.
    #[error(transparent)]
    Data(#[from] store::Error),
    /// The identity provider.
    #[error("identity provider: {0}")]
    Provider(#[from] ApiError),
    /// The object store.
    #[error("object store: {0}")]
    Objects(#[from] StorageError),
    /// An archive that is not what it should be, or does not fit.
    #[error("the archive: {0}")]
    Archive(String),
    /// What an operator asked for at the command line and cannot have, in words for them.
    #[error("{0}")]
    Command(String),
    /// Data of ours that contradicts itself.
    #[error("inconsistent: {0}")]
    Inconsistent(String),
}

impl From<InvalidCursor> for Error {
    fn from(error: InvalidCursor) -> Self {
        Self::Problem(error.into())
    }
}

impl Error {
    /// Placement or membership changed since they were read: resolve again and repeat.
    #[must_use]
    pub fn is_stale(&self) -> bool {
        matches!(self, Self::Data(store::Error::Refused))
    }

    /// Worth trying again later.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Problem(_) | Self::Inconsistent(_) | Self::Archive(_) | Self::Command(_) => false,
            Self::Data(error) => error.is_transient() || matches!(error, store::Error::Refused),
            Self::Provider(error) => error.is_transient(),
            Self::Objects(error) => error.is_transient(),
        }
    }

    /// How long the identity provider asks us to leave it alone.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Provider(error) => error.retry_after(),
            _ => None,
        }
    }

    /// What the client is told. Faults keep their cause for the log and show none of it.
    #[must_use]
    pub fn into_problem(self) -> Problem {
        match self {
            Self::Problem(problem) => problem,
            Self::Data(error) if error.is_of_another_version() => {
                let problem = Problem::new(Code::TenantBehind).retry_after_s(BEHIND_RETRY_S);
                problem.caused_by(Self::Data(error))
            }
            fault if fault.is_transient() => Problem::unavailable(2).caused_by(fault),
            fault => Problem::internal(fault),
        }
    }
}
