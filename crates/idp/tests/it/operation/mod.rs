//! How an instance is run.

mod console;
mod guide;
mod keys;
mod settings;
mod transfer;
