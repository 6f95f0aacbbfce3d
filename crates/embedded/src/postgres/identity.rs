//! Whom the server runs as. PostgreSQL refuses root, so root hands it to somebody harmless.

use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::Command;
use std::{fs, io};

use nix::unistd::{User, geteuid};

use super::error::{IoContext, PostgresError};

/// The user whose rights the server has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Identity {
    pub uid: u32,
    pub gid: u32,
    /// Whether that is another user than ours, so that we are root.
    pub dropped: bool,
}

impl Identity {
    /// Ourselves, or as root the user `postgres`, else `nobody`.
    ///
    /// Only users with a passwd entry will do: initdb looks its own name up.
    pub fn choose() -> Result<Self, PostgresError> {
        let me = geteuid();
        if !me.is_root() {
            let gid = nix::unistd::getegid();
            return Ok(Self {
                uid: me.as_raw(),
                gid: gid.as_raw(),
                dropped: false,
            });
        }
        for name in ["postgres", "nobody"] {
            let user = User::from_name(name)
                .map_err(io::Error::from)
                .during(|| format!("looking up the user {name}"))?;
            if let Some(user) = user.filter(|user| !user.uid.is_root()) {
                let (uid, gid) = (user.uid.as_raw(), user.gid.as_raw());
                return Ok(Self {
                    uid,
                    gid,
                    dropped: true,
                });
            }
        }
        Err(PostgresError::NoUnprivilegedUser)
    }

    /// A command that runs as this user, in its own process group, with an environment that
    /// nothing of ours leaks into. As root the standard library also drops supplementary groups.
    pub fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("LC_ALL", "C")
            .env("PATH", "/usr/local/bin:/usr/bin:/bin");
        command.process_group(0);
        if self.dropped {
            command.uid(self.uid).gid(self.gid);
        }
        command
    }

    /// Creates `dir` for this user alone (mode 0700), or takes an existing one over.
    ///
    /// A symbolic link or somebody else's directory is refused.
    pub fn own_dir(&self, dir: &Path) -> Result<(), PostgresError> {
        match fs::create_dir(dir) {
            Ok(()) => {}
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error).during(|| format!("creating {}", dir.display())),
        }
        let meta = fs::symlink_metadata(dir).during(|| format!("looking at {}", dir.display()))?;
        let (owner, ours) = (meta.uid(), [self.uid, geteuid().as_raw()]);
        if !meta.is_dir() || !ours.contains(&owner) {
            return Err(PostgresError::ForeignDirectory {
                dir: dir.to_owned(),
                owner,
                user: self.uid,
            });
        }
        if owner != self.uid {
            self.give(dir)?;
        }
        fs::set_permissions(dir, fs::Permissions::from_mode(0o700))
            .during(|| format!("closing {} to others", dir.display()))
    }

    /// Makes one file or directory this user's.
    pub fn give(&self, path: &Path) -> Result<(), PostgresError> {
        std::os::unix::fs::lchown(path, Some(self.uid), Some(self.gid))
            .during(|| format!("giving {} to user id {}", path.display(), self.uid))
    }

    /// Makes a whole tree this user's; links are not followed.
    pub fn give_all(&self, dir: &Path) -> Result<(), PostgresError> {
        self.give(dir)?;
        let entries = fs::read_dir(dir).during(|| format!("listing {}", dir.display()))?;
        for entry in entries {
            let entry = entry.during(|| format!("listing {}", dir.display()))?;
            let kind = entry
                .file_type()
                .during(|| format!("looking at {}", entry.path().display()))?;
            if kind.is_dir() {
                self.give_all(&entry.path())?;
            } else {
                self.give(&entry.path())?;
            }
        }
        Ok(())
    }

    /// The first directory on the way to `path`, itself included, that this user may not pass.
    /// What does not exist yet is passed: we create it so that the user can.
    pub fn blocked_at<'p>(&self, path: &'p Path) -> Option<&'p Path> {
        let mut ancestors: Vec<&Path> = path.ancestors().collect();
        ancestors.reverse();
        ancestors.into_iter().find(|dir| match fs::metadata(dir) {
            Ok(meta) => !self.may_pass(&meta),
            Err(error) => error.kind() != io::ErrorKind::NotFound,
        })
    }

    fn may_pass(&self, meta: &fs::Metadata) -> bool {
        let shift = match meta {
            meta if meta.uid() == self.uid => 6,
            meta if meta.gid() == self.gid => 3,
            _ => 0,
        };
        meta.mode() >> shift & 1 == 1
    }
}
