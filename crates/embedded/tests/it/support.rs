//! What the tests share.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// A directory of the build's own, which the database's user can pass even when we are root.
pub fn temp_dir() -> TempDir {
    tempfile::Builder::new()
        .prefix("it-")
        .permissions(Permissions::from_mode(0o711))
        .tempdir_in(env!("CARGO_TARGET_TMPDIR"))
        .unwrap()
}

/// Looks again and again until the condition holds, for at most 30 s.
pub fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    let deadline = Instant::now() + Duration::from_secs(30);
    while !holds() {
        assert!(Instant::now() < deadline, "it never came to pass: {what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}
