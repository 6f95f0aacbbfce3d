//! How an instance is run.

mod keys;
