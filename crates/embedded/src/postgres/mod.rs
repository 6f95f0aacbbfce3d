//! A PostgreSQL server of our own: found, initialised, started, watched and stopped.
//!
//! The server is a direct child in its own process group, so Ctrl-C in a terminal reaches us
//! first. A small watcher (a line of `sh`) holds the read end of a pipe whose other end is ours:
//! when we end for whatever reason, `kill -9` included, the pipe closes and the watcher asks the
//! server for a fast shutdown. That needs no second binary, depends on no thread's life, and works
//! the same for the product and for any test binary.

mod binaries;
mod cluster;
mod companion;
mod config;
mod error;
mod home;
mod identity;
mod launch;
mod pidfile;
mod process;
mod server;

pub use companion::Companion;
pub use config::PostgresConfig;
pub use error::PostgresError;
pub use server::Postgres;
