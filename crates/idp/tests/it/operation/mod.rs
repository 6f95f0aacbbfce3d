//! How an instance is run.

mod console;
mod console_people;
mod guide;
mod keys;
mod settings;
mod transfer;
