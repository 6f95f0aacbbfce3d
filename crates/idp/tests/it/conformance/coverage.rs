//! Which operations were answered validly, for the generated table of what is compatible.
//!
//! Each process appends to a file of its own below `target/tmp/clerk-coverage`, one line for each
//! new combination: interface, operation, status, and how it was called.

use std::collections::BTreeSet;
use std::fs::{self, File, OpenOptions};
use std::io::Write;
use std::path::Path;
use std::sync::{LazyLock, Mutex};

/// Who called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// A test, over HTTP.
    Direct,
    /// Clerk's SDKs for JavaScript.
    JavaScript,
    /// Clerk's SDK for Python.
    Python,
}

impl How {
    fn name(self) -> &'static str {
        match self {
            Self::Direct => "direct",
            Self::JavaScript => "javascript",
            Self::Python => "python",
        }
    }
}

static FILE: LazyLock<Mutex<(File, BTreeSet<String>)>> = LazyLock::new(|| {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("clerk-coverage");
    fs::create_dir_all(&folder).unwrap();
    let name = folder.join(format!("{}.tsv", std::process::id()));
    let file = OpenOptions::new().create(true).append(true).open(name);
    Mutex::new((file.unwrap(), BTreeSet::new()))
});

/// Remembers that `operation` of `api` was answered with `status`, validly; or that an SDK has it,
/// where the status is `offered`.
pub fn record(api: &str, operation: &str, status: &str, how: How) {
    let line = format!("{api}\t{operation}\t{status}\t{}\n", how.name());
    let mut guard = FILE.lock().unwrap();
    let (file, seen) = &mut *guard;
    if seen.insert(line.clone()) {
        file.write_all(line.as_bytes()).unwrap();
    }
}
