//! What can go wrong between us and the database.

/// An error of the database or of the way there. Its text is for logs, never for a client.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The server refused or broke off.
    #[error("database: {}", describe(.0))]
    Db(#[source] Box<tokio_postgres::Error>),
    /// No connection became free in time.
    #[error("no database connection became free within {0} ms")]
    PoolTimeout(u64),
    /// The entry of a guarded transaction answered anything but `true`: what the caller knew is
    /// out of date. Nothing was done; resolve again.
    #[error("the transaction's entry was refused: stale epoch or version")]
    Refused,
    /// A transaction was used after one of its statements had failed.
    #[error("the transaction has already failed")]
    Poisoned,
    /// A statement that must answer exactly one row answered another number.
    #[error("{statement}: expected one row, got {rows}")]
    RowCount {
        /// The statement's name.
        statement: &'static str,
        /// How many rows came.
        rows: usize,
    },
    /// The connection string cannot be read.
    #[error("connection string: {0}")]
    Config(String),
    /// A migration that was applied is not the one that this binary knows.
    #[error("{0}")]
    Migration(String),
}

impl From<tokio_postgres::Error> for Error {
    fn from(error: tokio_postgres::Error) -> Self {
        Self::Db(Box::new(error))
    }
}

fn describe(error: &tokio_postgres::Error) -> String {
    match error.as_db_error() {
        // The detail of a constraint violation repeats values; they do not belong into a log.
        Some(db) => format!("{} ({})", db.message(), db.code().code()),
        None => error.to_string(),
    }
}

impl Error {
    fn db(&self) -> Option<&tokio_postgres::error::DbError> {
        match self {
            Self::Db(error) => error.as_db_error(),
            _ => None,
        }
    }

    /// The five characters of SQLSTATE, where the server spoke.
    #[must_use]
    pub fn sqlstate(&self) -> Option<&str> {
        self.db().map(|e| e.code().code())
    }

    /// The violated constraint's name. On Citus the field is empty and the name stands in the
    /// message with the shard's number, which is cut off.
    #[must_use]
    pub fn constraint(&self) -> Option<&str> {
        let db = self.db()?;
        db.constraint().or_else(|| {
            let name = db.message().split('"').nth(1)?;
            let cut = name.trim_end_matches(|c: char| c.is_ascii_digit());
            Some(if cut.len() < name.len() {
                cut.strip_suffix('_').unwrap_or(name)
            } else {
                name
            })
        })
    }

    /// Worth trying again: the connection broke, or the server says that it cannot just now.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::PoolTimeout(_) => true,
            Self::Db(error) => match error.as_db_error() {
                None => error.is_closed() || std::error::Error::source(&**error).is_some(),
                Some(db) => {
                    let code = db.code().code();
                    // connection, resources, operator intervention; serialization, deadlock, lock timeout,
                    // and a pooler that gave the statement to another connection
                    ["08", "53", "57"]
                        .iter()
                        .any(|class| code.starts_with(class))
                        || matches!(code, "40001" | "40P01" | "55P03" | "26000" | "42P05")
                }
            },
            _ => false,
        }
    }
}
