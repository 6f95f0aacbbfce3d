//! What is answered and sent agrees with Clerk's official documents.
//!
//! They are no part of the project: they are read from `../shared` beside it, and where that is
//! absent these tests say so and check nothing.

mod backend;
mod document;
mod schema;
