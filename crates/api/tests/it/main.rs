//! The HTTP side without a database: what every request meets before a resource does.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test says what went wrong by failing"
)]

mod app;
mod document;
mod envelope;
mod internal;
mod limits;
mod listen;
mod log;
mod modules;
