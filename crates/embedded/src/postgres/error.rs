//! Why a server did not start or stop, each with the way out.

use std::io;
use std::path::PathBuf;

/// A failure of the launcher. The text is meant for the person at the terminal.
#[derive(Debug, thiserror::Error)]
pub enum PostgresError {
    /// No usable installation was found.
    #[error(
        "no PostgreSQL of version 15 or newer was found ({tried}); install the package \
         `postgresql`, or name the directory of its programs with BAILIWICK_PG_BIN"
    )]
    NotFound {
        /// What was looked at, and why it was refused.
        tried: String,
    },

    /// The directory was made by another major version.
    #[error(
        "the database in {} was made by PostgreSQL {made_by}, and only {available} is here; \
         install PostgreSQL {made_by}, or start over with an empty directory (--reset)",
        dir.display()
    )]
    OtherMajor {
        /// The cluster.
        dir: PathBuf,
        /// Major version that made it.
        made_by: u32,
        /// Versions that are installed.
        available: String,
    },

    /// Another process runs a server on this directory.
    #[error(
        "the database in {} is in use by {}; stop that one first, or use another directory \
         (--data-dir)",
        dir.display(), name_process(*pid)
    )]
    InUse {
        /// The directory of the server.
        dir: PathBuf,
        /// The process that launched it, or the server itself; `None` while it says neither.
        pid: Option<i32>,
    },

    /// Somebody listens on the port.
    #[error(
        "port {port} of 127.0.0.1 is taken; choose another for PostgreSQL with --pg-port, \
         or 0 for any free one"
    )]
    PortTaken {
        /// The port that was asked for.
        port: u16,
    },

    /// We run as root, and there is nobody to run the server as.
    #[error(
        "PostgreSQL refuses to run as root, and this machine has neither a user `postgres` nor \
         `nobody`; create one, or run as an ordinary user"
    )]
    NoUnprivilegedUser,

    /// The directory belongs to somebody else.
    #[error(
        "the database in {} belongs to user id {owner}, not to {user}; run as that user, or use \
         another directory (--data-dir)",
        dir.display()
    )]
    ForeignDirectory {
        /// The cluster or socket directory.
        dir: PathBuf,
        /// User id of its owner.
        owner: u32,
        /// User id the server would have.
        user: u32,
    },

    /// `initdb` failed.
    #[error("initdb failed in {}: {detail}", dir.display())]
    Initdb {
        /// The unfinished cluster.
        dir: PathBuf,
        /// What it said.
        detail: String,
    },

    /// The server ended before it was ready.
    #[error("PostgreSQL did not start ({status}); {} ends with:\n{tail}", log.display())]
    Exited {
        /// How it ended.
        status: String,
        /// Its log.
        log: PathBuf,
        /// The last lines of the log.
        tail: String,
    },

    /// The server took too long to get ready.
    #[error("PostgreSQL was not ready after {seconds} s; see {}", log.display())]
    NotReady {
        /// How long we waited, in seconds.
        seconds: u64,
        /// Its log.
        log: PathBuf,
    },

    /// The server did not stop.
    #[error("PostgreSQL (process {pid}) did not stop within {seconds} s")]
    NotStopped {
        /// The server.
        pid: i32,
        /// How long we waited, in seconds.
        seconds: u64,
    },

    /// The operating system refused something.
    #[error("{action}: {source}")]
    Io {
        /// What was attempted.
        action: String,
        /// What the system said.
        source: io::Error,
    },

    /// The task that starts the server was cut short by the runtime's end.
    #[error("the start of PostgreSQL was interrupted")]
    Interrupted,
}

fn name_process(pid: Option<i32>) -> String {
    pid.map_or_else(
        || "another process".to_owned(),
        |pid| format!("process {pid}"),
    )
}

/// Adds to an I/O error what was attempted.
pub(super) trait IoContext<T> {
    fn during(self, action: impl FnOnce() -> String) -> Result<T, PostgresError>;
}

impl<T> IoContext<T> for io::Result<T> {
    fn during(self, action: impl FnOnce() -> String) -> Result<T, PostgresError> {
        self.map_err(|source| PostgresError::Io {
            action: action(),
            source,
        })
    }
}
