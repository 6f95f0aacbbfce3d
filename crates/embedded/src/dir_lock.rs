//! One process at a time on a directory.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{self, Read, Seek, Write};
use std::path::Path;

/// A lock that the kernel gives back when its holder dies, however it dies.
#[derive(Debug)]
pub(crate) struct DirLock {
    _file: File,
}

/// Why a directory was not locked.
#[derive(Debug)]
pub(crate) enum LockError {
    /// Somebody holds it; who, as far as they have said.
    Held(Option<i32>),
    /// The file could not be used.
    Io(io::Error),
}

impl From<io::Error> for LockError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

impl DirLock {
    /// Locks an existing directory through the file `lock` in it, which names the holder.
    pub fn take(dir: &Path) -> Result<Self, LockError> {
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(dir.join("lock"))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                file.read_to_string(&mut holder)?;
                return Err(LockError::Held(holder.trim().parse().ok()));
            }
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
        file.set_len(0)?;
        file.rewind()?;
        writeln!(file, "{}", std::process::id())?;
        Ok(Self { _file: file })
    }
}
