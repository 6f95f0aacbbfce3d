//! A tenant as one file, and back.
//!
//! The file is a tar without compression, so its size is what it holds:
//!
//! | entry | what |
//! | --- | --- |
//! | `tenant.json` | the organization, whom its rows may name, the tables in their order |
//! | `tables/003/000001.ndjson` | rows of the third table, an object a line, as PostgreSQL writes them |
//! | `objects/0000001.json`, `.bin` | an object: its key, type, size and SHA-256; its bytes |
//! | `manifest.json` | every entry of the above with size and SHA-256; the objects as one SHA-256 over their descriptions |
//! | `signature.json` | a signature of the manifest by the audit's keys, and its SHA-256, the *fingerprint* |
//!
//! Nothing in it is a path on a machine: entries are known by their exact names, and keys of objects
//! are built anew from segments.

mod export;
mod import;
mod manifest;
mod tar;
mod verify;

pub use export::{Exported, export};
pub use import::{Imported, Options, OtherRole, import};
pub use manifest::{Manifest, Tenant};
pub use verify::{Verified, verify};

use crate::Error;

/// How far it has come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Progress {
    /// Rows.
    pub rows: u64,
    /// Objects.
    pub objects: u64,
    /// Bytes of them.
    pub bytes: u64,
}

fn refused(text: impl std::fmt::Display) -> Error {
    Error::Archive(text.to_string())
}
