//! Where things are, all relative to the root of the repository.

use std::path::{Path, PathBuf};

/// The root of the repository: the folder above this crate.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// The web interface's sources.
pub fn web() -> PathBuf {
    root().join("web")
}

/// What cargo builds.
pub fn target() -> PathBuf {
    let target =
        std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| "target".into(), PathBuf::from);
    root().join(target)
}

/// Downloaded tools; ignored by git, safe to delete.
pub fn tools() -> PathBuf {
    root().join(".tools")
}

/// `path` relative to the root, for messages.
pub fn shown(path: &Path) -> String {
    path.strip_prefix(root())
        .unwrap_or(path)
        .display()
        .to_string()
}
