//! The parts as their users see them: real processes, real sockets, real signals.

#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot go on says so by a panic"
)]

mod mailbox;
mod postgres;
mod s3;
mod support;
