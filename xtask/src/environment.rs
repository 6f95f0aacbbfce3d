//! The few facts of the machine that decisions hang on.

use crate::process;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The variable's value, where it is set and not empty.
pub fn variable(name: &str) -> Option<String> {
    std::env::var_os(name)?
        .into_string()
        .ok()
        .filter(|value| !value.is_empty())
}

/// True where a CI system runs us: lock files are then binding.
pub fn is_ci() -> bool {
    variable("CI").is_some_and(|value| value != "false" && value != "0")
}

/// True for the superuser, asked of `id` so that no unsafe code is needed.
pub fn is_root() -> bool {
    process::output(Command::new("id").arg("-u")).is_ok_and(|uid| uid.trim() == "0")
}

/// The first executable of that name on PATH.
pub fn find_on_path(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    find_in(std::env::split_paths(&path), name)
}

fn find_in(folders: impl Iterator<Item = PathBuf>, name: impl AsRef<OsStr>) -> Option<PathBuf> {
    folders
        .map(|folder| folder.join(name.as_ref()))
        .find(|file| is_executable(file))
}

/// A regular file that somebody may execute.
pub fn is_executable(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    file.metadata()
        .is_ok_and(|meta| meta.is_file() && meta.permissions().mode() & 0o111 != 0)
}

/// The first parent of `path` that users other than its owner cannot traverse, `path` included.
///
/// A database server started as root drops to another user, who must reach its files.
pub fn closed_parent(path: &Path) -> Option<PathBuf> {
    use std::os::unix::fs::PermissionsExt;
    path.ancestors()
        .find(|folder| {
            folder
                .metadata()
                .is_ok_and(|meta| meta.permissions().mode() & 0o001 == 0)
        })
        .map(Path::to_path_buf)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_executable_is_found_in_the_first_folder_that_has_it() {
        let folders = ["/nonexistent", "/bin", "/usr/bin"].map(PathBuf::from);
        assert_eq!(
            find_in(folders.into_iter(), "sh"),
            Some(PathBuf::from("/bin/sh"))
        );
    }

    #[test]
    fn what_nobody_may_execute_is_not_found() {
        assert_eq!(find_in([PathBuf::from("/etc")].into_iter(), "passwd"), None);
    }
}
