//! What can go wrong between us and the database.

use fallible_iterator::FallibleIterator as _;
use postgres_protocol::message::backend::ErrorResponseBody;

/// An error of the database or of the way there. Its text is for logs, never for a client.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The server refused.
    #[error("database: {0}")]
    Db(#[from] Box<DbError>),
    /// The way to the server broke, or was never there.
    #[error("database: the connection is lost: {0}")]
    Lost(#[source] std::io::Error),
    /// A parameter cannot be sent as the statement declares it.
    #[error("parameter: {0}")]
    Parameter(String),
    /// A column is not what its reader expects.
    #[error("column {column}: {source}")]
    Column {
        /// Name or place.
        column: String,
        /// What is wrong with it.
        source: Box<dyn std::error::Error + Sync + Send>,
    },
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
    /// The connection string cannot be read, or asks for what the server does not give.
    #[error("connection string: {0}")]
    Config(String),
    /// The server refused a part of something larger.
    #[error("{at}: {source}")]
    At {
        /// The part.
        at: String,
        /// What was said of it.
        source: Box<Error>,
    },
    /// A migration that was applied is not the one that this binary knows.
    #[error("{0}")]
    Migration(String),
}

/// What the server says of an error. Its detail is left out: that of a constraint violation
/// repeats values, which do not belong into a log.
#[derive(Debug, thiserror::Error)]
#[error("{message} ({code})")]
pub struct DbError {
    code: String,
    message: String,
    constraint: Option<String>,
}

impl DbError {
    pub(crate) fn read(body: &ErrorResponseBody) -> crate::Result<Box<Self>> {
        let mut error = Self {
            code: String::new(),
            message: String::new(),
            constraint: None,
        };
        let mut fields = body.fields();
        while let Some(field) = fields.next().map_err(Error::Lost)? {
            let value = || String::from_utf8_lossy(field.value_bytes()).into_owned();
            match field.type_() {
                b'C' => error.code = value(),
                b'M' => error.message = value(),
                b'n' => error.constraint = Some(value()),
                _ => {}
            }
        }
        Ok(Box::new(error))
    }
}

impl Error {
    fn db(&self) -> Option<&DbError> {
        match self {
            Self::Db(error) => Some(error),
            Self::At { source, .. } => source.db(),
            _ => None,
        }
    }

    /// The five characters of SQLSTATE, where the server spoke.
    #[must_use]
    pub fn sqlstate(&self) -> Option<&str> {
        self.db().map(|error| error.code.as_str())
    }

    /// The violated constraint's name. On Citus the field is empty and the name stands in the
    /// message with the shard's number, which is cut off.
    #[must_use]
    pub fn constraint(&self) -> Option<&str> {
        let db = self.db()?;
        db.constraint.as_deref().or_else(|| {
            let name = db.message.split('"').nth(1)?;
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
            Self::PoolTimeout(_) | Self::Lost(_) => true,
            Self::Db(error) => {
                let code = error.code.as_str();
                // connection, resources, operator intervention; serialization, deadlock, lock timeout,
                // and a pooler that gave the statement to another connection
                ["08", "53", "57"]
                    .iter()
                    .any(|class| code.starts_with(class))
                    || matches!(code, "40001" | "40P01" | "55P03" | "26000" | "42P05")
            }
            Self::At { source, .. } => source.is_transient(),
            _ => false,
        }
    }

    /// The same, said of a part of something larger.
    pub(crate) fn at(self, at: String) -> Self {
        let source = Box::new(self);
        Self::At { at, source }
    }

    /// The server knows no such table, column or function: it is at another version than we are.
    #[must_use]
    pub fn is_of_another_version(&self) -> bool {
        matches!(self.sqlstate(), Some("42P01" | "42703" | "42883"))
    }
}
