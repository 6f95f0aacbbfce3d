//! The data directory: ours alone, one process at a time, and removed whole or not at all.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use bailiwick_embedded::postgres::Postgres;

use super::secrets;

/// The file that a process locks while it works here. It names the process.
const LOCK: &str = "lock";

/// A data directory that no other process works in. The kernel gives the lock back however the
/// process ends.
pub struct DataDir {
    path: PathBuf,
    _lock: File,
}

impl DataDir {
    /// Takes `path`, which is made where it is missing.
    ///
    /// # Errors
    /// It holds something else, or another process works there; nothing was touched then.
    pub fn take(path: &Path) -> anyhow::Result<Self> {
        anyhow::ensure!(
            is_ours(path)?,
            "{} was not made by bailiwick dev: choose another with --data-dir",
            path.display()
        );
        if !path.exists() {
            fs::create_dir_all(path).with_context(|| format!("cannot make {}", path.display()))?;
            // Passable, not readable: PostgreSQL runs as another user where we are root.
            fs::set_permissions(path, fs::Permissions::from_mode(0o711))?;
        }
        Ok(Self {
            path: path.to_owned(),
            _lock: lock(path)?,
        })
    }

    /// Takes `path`, which is there, unless another process works in it.
    ///
    /// # Errors
    /// The file system's.
    pub fn take_if_free(path: &Path) -> anyhow::Result<Option<Self>> {
        let lock = match try_lock(path)? {
            Ok(lock) => lock,
            Err(_) => return Ok(None),
        };
        Ok(Some(Self {
            path: path.to_owned(),
            _lock: lock,
        }))
    }

    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Removes everything in it. What marks it as ours goes last, so that a kill half-way leaves a
    /// directory that can be reset again.
    ///
    /// # Errors
    /// The file system's; a database server that does not end.
    pub fn reset(&self) -> anyhow::Result<()> {
        Postgres::remove(&self.path.join("postgres"))?;
        let mut last = Vec::new();
        for entry in fs::read_dir(&self.path)? {
            let entry = entry?;
            let (path, name) = (entry.path(), entry.file_name());
            if name == secrets::FILE {
                last.push(path);
            } else if name != LOCK {
                remove(&path, entry.file_type()?.is_dir())?;
            }
        }
        last.iter().try_for_each(|path| remove(path, false))
    }
}

fn remove(path: &Path, is_dir: bool) -> anyhow::Result<()> {
    let removed = if is_dir {
        fs::remove_dir_all(path)
    } else {
        fs::remove_file(path)
    };
    removed.with_context(|| format!("cannot remove {}", path.display()))
}

/// Missing, empty, or made by an earlier run, however early that ended.
fn is_ours(path: &Path) -> anyhow::Result<bool> {
    if !path.exists() || path.join(secrets::FILE).is_file() {
        return Ok(true);
    }
    let entries =
        fs::read_dir(path).with_context(|| format!("cannot look into {}", path.display()))?;
    for entry in entries {
        let name = entry?.file_name();
        if name != LOCK && name != secrets::PART {
            return Ok(false);
        }
    }
    Ok(true)
}

fn lock(dir: &Path) -> anyhow::Result<File> {
    match try_lock(dir)? {
        Ok(file) => Ok(file),
        Err(holder) => anyhow::bail!(
            "{} is in use by another bailiwick (process {holder}): stop that one first, or choose \
             another with --data-dir",
            dir.display()
        ),
    }
}

/// The lock of a directory, or the process that has it.
fn try_lock(dir: &Path) -> anyhow::Result<Result<File, String>> {
    let path = dir.join(LOCK);
    let mut file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .read(true)
        .write(true)
        .open(&path)
        .with_context(|| format!("cannot open {}", path.display()))?;
    match file.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => {
            let mut holder = String::new();
            file.read_to_string(&mut holder)?;
            return Ok(Err(holder.trim().to_owned()));
        }
        Err(TryLockError::Error(error)) => {
            return Err(error).with_context(|| format!("cannot lock {}", path.display()));
        }
    }
    file.set_len(0)?;
    file.rewind()?;
    writeln!(file, "{}", std::process::id())?;
    Ok(Ok(file))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scratch(name: &str) -> PathBuf {
        let dir = std::env::temp_dir().join(format!("bailiwick-{name}-{}", std::process::id()));
        drop(fs::remove_dir_all(&dir));
        dir
    }

    #[test]
    fn a_directory_is_taken_once_and_reset_as_often_as_one_likes() {
        let dir = scratch("data-dir");
        let taken = DataDir::take(&dir).unwrap();
        let refusal = DataDir::take(&dir).err().unwrap().to_string();
        assert!(
            refusal.contains("--data-dir") && refusal.contains(&std::process::id().to_string())
        );
        fs::write(dir.join(secrets::FILE), "{}").unwrap();
        fs::create_dir(dir.join("mail")).unwrap();
        taken.reset().unwrap();
        let left: Vec<_> = fs::read_dir(&dir)
            .unwrap()
            .map(|e| e.unwrap().file_name())
            .collect();
        assert_eq!(left, [LOCK]);
        drop(taken);
        drop(DataDir::take(&dir).unwrap());
        fs::remove_dir_all(&dir).unwrap();
    }

    #[test]
    fn somebody_elses_directory_is_left_as_it_is() {
        let dir = scratch("foreign");
        fs::create_dir(&dir).unwrap();
        fs::write(dir.join("thesis.txt"), "years of work").unwrap();
        assert!(DataDir::take(&dir).is_err());
        assert_eq!(fs::read_dir(&dir).unwrap().count(), 1);
        fs::remove_dir_all(&dir).unwrap();
    }
}
