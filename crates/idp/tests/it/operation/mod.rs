//! How an instance is run.

mod console;
mod keys;
