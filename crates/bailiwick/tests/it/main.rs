//! The product through its HTTP door, on real parts.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test says what went wrong by failing"
)]

mod catalog;
mod documents;
mod operations;
mod statements;
mod webhooks;
