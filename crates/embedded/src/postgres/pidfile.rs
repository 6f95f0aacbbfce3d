//! `postmaster.pid` and the socket's lock: who holds a cluster, and whether that is still so.

use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};
use std::{fs, io};

use super::error::{IoContext, PostgresError};

/// How long a server without a launcher may take to end. It was asked to at its launcher's death,
/// and a fast shutdown of a development database takes a fraction of a second.
const LEFTOVER_WAIT: Duration = Duration::from_secs(10);

/// Between two looks at what we wait for.
const POLL: Duration = Duration::from_millis(10);

/// What the running server writes about itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct PidFile {
    pub pid: i32,
    pub ready: bool,
}

impl PidFile {
    /// Reads the file of a cluster; `None` where there is none, or it is still being written.
    pub fn read(cluster: &Path) -> Result<Option<Self>, PostgresError> {
        let path = path(cluster);
        match fs::read_to_string(&path) {
            Ok(text) => Ok(Self::parse(&text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error).during(|| format!("reading {}", path.display())),
        }
    }

    /// Line 1 is the process, line 8 the state, padded with blanks.
    fn parse(text: &str) -> Option<Self> {
        let mut lines = text.lines();
        let pid = lines.next()?.trim().parse().ok()?;
        let state = lines.nth(6).unwrap_or_default();
        Some(Self {
            pid,
            ready: state.trim() == "ready",
        })
    }
}

/// Waits until no server is left in the cluster, and removes the locks that a dead one left behind.
///
/// Called under the launcher's lock, so whoever is found here has lost its launcher: a server
/// that is shutting down, or the last processes of one that was killed.
///
/// # Errors
/// [`PostgresError::InUse`] when a server, ours or started by hand, does not go away.
pub(super) fn wait_for_leftovers(home: &Path, cluster: &Path) -> Result<(), PostgresError> {
    let deadline = Instant::now() + LEFTOVER_WAIT;
    let mut told = false;
    loop {
        let file = PidFile::read(cluster)?;
        let Some(pid) = processes_of(cluster, file.as_ref())?.first().copied() else {
            return match file {
                Some(_) => remove_stale(cluster),
                None => Ok(()),
            };
        };
        if Instant::now() >= deadline {
            return Err(PostgresError::InUse {
                dir: home.to_owned(),
                pid: Some(pid),
            });
        }
        if !std::mem::replace(&mut told, true) {
            tracing::info!(pid, "waiting for an earlier database server to end");
        }
        sleep(POLL);
    }
}

/// The server wrote this file and is gone; its number may be another process's by now, or a dead
/// one's that nobody has reaped, which would keep PostgreSQL from starting.
fn remove_stale(cluster: &Path) -> Result<(), PostgresError> {
    tracing::info!("the last database server was killed; it recovers now");
    remove(&path(cluster))
}

/// Removes the sockets that dead servers left in a directory of ours, with their locks: PostgreSQL
/// believes the number in such a lock as it does the one in `postmaster.pid`. To be called once
/// [`wait_for_leftovers`] found nobody.
pub(super) fn remove_stale_sockets(socket_dir: &Path) -> Result<(), PostgresError> {
    let listing = || format!("listing {}", socket_dir.display());
    for entry in fs::read_dir(socket_dir).during(listing)? {
        let entry = entry.during(listing)?;
        if entry.file_name().to_string_lossy().starts_with(".s.PGSQL.") {
            remove(&entry.path())?;
        }
    }
    Ok(())
}

fn remove(path: &Path) -> Result<(), PostgresError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(error).during(|| format!("removing {}", path.display()))
        }
        _ => Ok(()),
    }
}

/// The living processes of a cluster's server, also of one that has not written its file yet.
/// They all work in its directory, which tells them from a stranger that was given the same
/// number, and from a dead one that nobody has reaped.
#[cfg(target_os = "linux")]
fn processes_of(cluster: &Path, _file: Option<&PidFile>) -> Result<Vec<i32>, PostgresError> {
    let cluster = match fs::canonicalize(cluster) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        found => found.during(|| format!("resolving {}", cluster.display()))?,
    };
    let entries = fs::read_dir("/proc").during(|| "listing /proc".to_owned())?;
    let pids = entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    let works_here = |pid: &i32| {
        fs::read_link(format!("/proc/{pid}/cwd")).is_ok_and(|directory| directory == cluster)
            && is_server(*pid)
    };
    Ok(pids.filter(works_here).collect())
}

/// Whether a process is PostgreSQL's, or our shell that becomes it; not a person's shell that
/// happens to stand there.
#[cfg(target_os = "linux")]
fn is_server(pid: i32) -> bool {
    let exe = fs::read_link(format!("/proc/{pid}/exe"));
    let command = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
    exe.is_ok_and(|exe| exe.to_string_lossy().contains("/postgres"))
        || String::from_utf8_lossy(&command).contains("/postgres")
}

/// Without `/proc` the number in the file is all there is to go by.
#[cfg(not(target_os = "linux"))]
fn processes_of(_cluster: &Path, file: Option<&PidFile>) -> Result<Vec<i32>, PostgresError> {
    use nix::sys::signal::{Signal, kill};
    let exists = |pid: &i32| {
        // Another user's process refuses the question, and exists.
        kill(nix::unistd::Pid::from_raw(*pid), None::<Signal>) != Err(nix::errno::Errno::ESRCH)
    };
    Ok(file
        .map(|file| file.pid)
        .filter(exists)
        .into_iter()
        .collect())
}

fn path(cluster: &Path) -> PathBuf {
    cluster.join("postmaster.pid")
}

#[cfg(test)]
mod tests {
    use super::PidFile;

    #[test]
    fn reads_the_state_on_line_eight() {
        let file =
            |state| format!("4711\n/data\n1770000000\n5432\n/run\n127.0.0.1\n  1 2\n{state}");
        let check = |text: &str, want: Option<(i32, bool)>| {
            let got = PidFile::parse(text).map(|file| (file.pid, file.ready));
            assert_eq!(got, want, "{text:?}");
        };
        check(&file("ready   \n"), Some((4711, true)));
        check(&file("starting\n"), Some((4711, false)));
        check(&file("stopping\n"), Some((4711, false)));
        check("4711\n/data\n", Some((4711, false)));
        check("", None);
    }
}
