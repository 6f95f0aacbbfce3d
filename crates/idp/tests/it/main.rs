//! The identity provider from outside: over HTTP, on a real PostgreSQL.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "a test that cannot go on says so by a panic"
)]

mod attacks;
mod backend;
mod conformance;
mod frontend;
mod operation;
mod sdk;
mod statements;
mod support;
mod webhooks;
