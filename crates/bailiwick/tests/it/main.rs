//! The product through its HTTP door, on real parts.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test says what went wrong by failing"
)]

mod catalog;
mod documents;
mod isolation;
mod me;
mod operations;
mod organizations;
mod project_members;
mod projects;
mod statements;
mod webhooks;
