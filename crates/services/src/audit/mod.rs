//! The audit: reading it, exporting it, sealing it and proving it.

mod outside;
mod read;
mod seal;
mod verify;

pub use read::{Export, Reader};
pub use seal::{LOOK_EVERY, publish, seal};
pub use verify::{Finding, Report, What, verify};
