//! Why a mailbox did not open, answer or take a message.

use std::io;
use std::path::PathBuf;

use crate::dir_lock::LockError;

/// A failure of the mailbox. The text is meant for the person at the terminal.
#[derive(Debug, thiserror::Error)]
pub enum MailboxError {
    /// Somebody listens on the port.
    #[error(
        "port {port} of 127.0.0.1 is taken; choose another for the mailbox with --mail-port, or 0 \
         for any free one"
    )]
    PortTaken {
        /// The port that was asked for.
        port: u16,
    },

    /// Another process uses the directory.
    #[error(
        "the mailbox in {} is in use by another process{}; stop that one first, or use another \
         directory (--data-dir)",
        dir.display(),
        pid.map(|pid| format!(" ({pid})")).unwrap_or_default()
    )]
    InUse {
        /// The directory of the mailbox.
        dir: PathBuf,
        /// The process, as far as it has said.
        pid: Option<i32>,
    },

    /// The message is longer than a mailbox takes.
    #[error("the message has {bytes} bytes, and {max} is the most")]
    TooLong {
        /// Its length as it would be stored.
        bytes: usize,
        /// The bound.
        max: usize,
    },

    /// The operating system refused something.
    #[error("{action}: {source}")]
    Io {
        /// What was attempted.
        action: String,
        /// What the system said.
        source: io::Error,
    },

    /// The write was cut short by the runtime's end.
    #[error("the delivery was interrupted")]
    Interrupted,
}

impl MailboxError {
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
