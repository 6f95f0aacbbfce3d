//! What is answered and sent agrees with Clerk's official documents.
//!
//! Every answer to a test's request and every webhook it causes is checked, by the helpers that
//! the tests use. The documents are no part of the project: they are read from `../shared` beside
//! it, and where that is absent nothing is checked, with one line that says so.

pub mod answer;
mod backend;
mod browsers;
pub mod coverage;
pub mod document;
pub mod events;
mod exceptions;
mod formats;
pub mod layer;
pub mod operation;
mod schema;

pub use answer::Answer;
pub use coverage::How;
pub use document::Api;
