//! Extractors whose refusals are problems, where axum's own are plain text.

mod idempotent;
mod json;
mod path;
mod query;
mod refusal;

pub use idempotent::{Idempotent, Key};
pub use json::Json;
pub use path::Path;
pub use query::Query;
