//! What we know of PostgreSQL, and nothing of the product.
//!
//! * [`Pool`]: connections, of which each serves a part of the tenants;
//! * [`Flight`] and [`Tx`]: transactions whose statements travel together, and that end by
//!   themselves when they are dropped;
//! * [`Statement`] and [`sql!`]: statements as constants, qualified with their schema when run;
//! * [`migrate`]: forward-only migrations, recorded per schema;
//!
//! Nothing here depends on the state of a session, so a pooler in transaction mode may sit
//! between us and the server; [`Between`] says whether one does.

mod cache;
mod connection;
mod error;
mod flight;
mod listener;
pub mod migrate;
mod pool;
mod probe;
mod row;
mod statement;
mod tls;
mod touched;
mod tx;
mod wire;

pub use error::{DbError, Error};
pub use flight::Flight;
pub use listener::Listener;
pub use migrate::Migration;
pub use pool::{Pool, PoolConfig, PoolStatus};
pub use probe::Between;
pub use row::{ColumnIndex, Row};
pub use statement::{Arg, Entry, Schema, SchemaNameError, Statement};
pub use tokio_postgres::types::{FromSql, Json, ToSql, Type};
pub use tx::Tx;

/// Parameters of a statement, in the order of `$1`, `$2`, …
pub type Params<'a> = [&'a (dyn ToSql + Sync)];

/// Result of anything that talks to the database.
pub type Result<T, E = Error> = std::result::Result<T, E>;
