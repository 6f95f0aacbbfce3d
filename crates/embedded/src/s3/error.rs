//! Why an object store did not start, with the way out.

use std::io;
use std::path::PathBuf;

use crate::dir_lock::LockError;

/// A failure to start. The text is meant for the person at the terminal.
#[derive(Debug, thiserror::Error)]
pub enum ObjectStoreError {
    /// Somebody listens on the port.
    #[error(
        "port {port} of 127.0.0.1 is taken; choose another for the object store with --s3-port, \
         or 0 for any free one"
    )]
    PortTaken {
        /// The port that was asked for.
        port: u16,
    },

    /// Another process uses the directory.
    #[error(
        "the objects in {} are in use by another process{}; stop that one first, or use another \
         directory (--data-dir)",
        dir.display(),
        pid.map(|pid| format!(" ({pid})")).unwrap_or_default()
    )]
    InUse {
        /// The directory of the store.
        dir: PathBuf,
        /// The process, as far as it has said.
        pid: Option<i32>,
    },

    /// A bucket's name breaks the rules of S3.
    #[error("`{bucket}` is no name for a bucket: 3 to 63 lower-case letters, digits and hyphens")]
    BucketName {
        /// The name.
        bucket: String,
    },

    /// An origin cannot be sent in a header.
    #[error("`{origin}` is no origin; write it as http://localhost:3000")]
    Origin {
        /// The text.
        origin: String,
    },

    /// The operating system refused something.
    #[error("{action}: {source}")]
    Io {
        /// What was attempted.
        action: String,
        /// What the system said.
        source: io::Error,
    },
}

impl ObjectStoreError {
    pub(super) fn io(action: impl Into<String>) -> impl FnOnce(io::Error) -> Self {
        let action = action.into();
        move |source| Self::Io { action, source }
    }

    pub(super) fn lock(dir: PathBuf) -> impl FnOnce(LockError) -> Self {
        move |error| match error {
            LockError::Held(pid) => Self::InUse { dir, pid },
            LockError::Io(source) => Self::Io {
                action: format!("locking {}", dir.display()),
                source,
            },
        }
    }
}
