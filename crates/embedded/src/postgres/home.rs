//! The directory of a server: `cluster/`, `run/` with the socket, `postgres.log`, `lock`.

use std::fs::{self, File, OpenOptions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use aws_lc_rs::digest;

use super::error::{IoContext, PostgresError};
use super::identity::Identity;
use super::pidfile::PidFile;
use crate::dir_lock::{DirLock, LockError};

/// Where root keeps what the server's user cannot reach in the directory that was asked for.
const STATE_DIR: &str = "/var/lib/bailiwick";

/// The name of the cluster's directory.
const CLUSTER: &str = "cluster";

/// The kernel's bound on the path of a Unix socket is 108 bytes on Linux and 104 elsewhere; the
/// name `/.s.PGSQL.65535.lock` comes on top.
const SOCKET_DIR_BYTES_MAX: usize = 80;

/// A log longer than this is put aside at the next start.
const LOG_BYTES_MAX: u64 = 16 << 20;

/// The directory of one server. While it lives, no other process launches a server here.
#[derive(Debug)]
pub(super) struct Home {
    pub dir: PathBuf,
    pub socket_dir: PathBuf,
    /// What a person should know: the directory is not the one that was asked for.
    pub notice: Option<String>,
    _lock: DirLock,
}

/// Where the server of `data_dir` really lives, and why if that is elsewhere.
///
/// As root, the server's user must be able to pass every directory on the way; a clone below a
/// home of mode 0700 cannot be passed, and opening it to others is not ours to do.
pub(super) fn locate(
    data_dir: &Path,
    identity: &Identity,
) -> Result<(PathBuf, Option<String>), PostgresError> {
    let dir =
        std::path::absolute(data_dir).during(|| format!("resolving {}", data_dir.display()))?;
    let Some(blocked) = dir.parent().and_then(|parent| identity.blocked_at(parent)) else {
        return Ok((dir, None));
    };
    if !identity.dropped {
        return Ok((dir, None));
    }
    let elsewhere = Path::new(STATE_DIR).join(short_hash(&dir));
    let notice = format!(
        "the database lives in {}: PostgreSQL runs as user id {}, which may not pass {}",
        elsewhere.display(),
        identity.uid,
        blocked.display()
    );
    Ok((elsewhere, Some(notice)))
}

impl Home {
    /// Creates or opens the directory and locks it.
    ///
    /// # Errors
    /// [`PostgresError::InUse`] when another process launched a server here and still lives.
    pub fn open(data_dir: &Path, identity: &Identity) -> Result<Self, PostgresError> {
        let (dir, notice) = locate(data_dir, identity)?;
        create_passable(&dir, identity)?;
        let lock = lock(&dir)?;
        let socket_dir = socket_dir(&dir);
        identity.own_dir(&socket_dir)?;
        Ok(Self {
            dir,
            socket_dir,
            notice,
            _lock: lock,
        })
    }

    /// The files of the database.
    pub fn cluster(&self) -> PathBuf {
        self.dir.join(CLUSTER)
    }

    /// A cluster in the making; renamed when it is whole.
    pub fn unfinished_cluster(&self) -> PathBuf {
        self.dir.join("cluster.tmp")
    }

    /// What the server says.
    pub fn log(&self) -> PathBuf {
        self.dir.join("postgres.log")
    }

    /// Opens the log for appending; a long one is put aside as `postgres.log.1` first.
    pub fn open_log(&self) -> Result<File, PostgresError> {
        let path = self.log();
        if fs::metadata(&path).is_ok_and(|meta| meta.len() > LOG_BYTES_MAX) {
            fs::rename(&path, self.dir.join("postgres.log.1"))
                .during(|| format!("putting {} aside", path.display()))?;
        }
        OpenOptions::new()
            .create(true)
            .append(true)
            .open(&path)
            .during(|| format!("opening {}", path.display()))
    }
}

/// Creates the directory and what is missing above it, so that the server's user can pass.
fn create_passable(dir: &Path, identity: &Identity) -> Result<(), PostgresError> {
    let mode = if identity.dropped { 0o711 } else { 0o700 };
    let missing: Vec<&Path> = dir.ancestors().take_while(|dir| !dir.exists()).collect();
    for dir in missing.into_iter().rev() {
        match fs::create_dir(dir) {
            Err(error) if error.kind() != std::io::ErrorKind::AlreadyExists => {
                return Err(error).during(|| format!("creating {}", dir.display()));
            }
            _ => fs::set_permissions(dir, fs::Permissions::from_mode(mode))
                .during(|| format!("setting the mode of {}", dir.display()))?,
        }
    }
    if identity.blocked_at(dir).is_some() {
        fs::set_permissions(dir, fs::Permissions::from_mode(mode))
            .during(|| format!("setting the mode of {}", dir.display()))?;
    }
    Ok(())
}

fn lock(dir: &Path) -> Result<DirLock, PostgresError> {
    match DirLock::take(dir) {
        Ok(lock) => Ok(lock),
        Err(LockError::Held(launcher)) => {
            let server = PidFile::read(&dir.join(CLUSTER))?.map(|file| file.pid);
            Err(PostgresError::InUse {
                dir: dir.to_owned(),
                pid: launcher.or(server),
            })
        }
        Err(LockError::Io(error)) => Err(error).during(|| format!("locking {}", dir.display())),
    }
}

/// `run/` beside the cluster, or a directory of the system's temporary one where that path is too
/// long for a socket.
fn socket_dir(dir: &Path) -> PathBuf {
    let beside = dir.join("run");
    if beside.as_os_str().len() <= SOCKET_DIR_BYTES_MAX {
        return beside;
    }
    let name = format!("bailiwick-{}", short_hash(dir));
    let temporary = std::env::temp_dir().join(&name);
    if temporary.as_os_str().len() <= SOCKET_DIR_BYTES_MAX {
        return temporary;
    }
    Path::new("/tmp").join(name)
}

/// A short name for a path, the same at each start.
fn short_hash(path: &Path) -> String {
    use std::os::unix::ffi::OsStrExt;
    let hash = digest::digest(&digest::SHA256, path.as_os_str().as_bytes());
    hex::encode(&hash.as_ref()[..6])
}
