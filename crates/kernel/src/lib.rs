//! Floor 0: what the product means, without I/O and without `async`.
//!
//! Identifiers, the policy engine, error codes, pages, and time and randomness as parameters.

pub mod env;
pub mod error;
pub mod id;

pub use env::{Clock, Env, ManualClock, Random, SystemClock, SystemRandom};
pub use error::{Code, FieldError, Problem};
