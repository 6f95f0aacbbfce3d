//! Webhooks in: signatures over raw bodies, and the events inside them.
//!
//! An event is a hint that something changed. It may come twice, late, or never; [`Verified::id`]
//! is what makes repetitions recognisable, and `updated_at` of the resource what orders them.

mod event;
mod secret;
mod signature;

pub use event::{Envelope, Event, EventError};
pub use secret::{Secret, SecretError};
pub use signature::{SignatureError, TOLERANCE_SECS, Verified, verify};
