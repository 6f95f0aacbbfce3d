//! A cluster is made once, whole or not at all, and remembers the version that made it.

use std::fs;
use std::io::{self, Write};
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use super::binaries::Binaries;
use super::error::{IoContext, PostgresError};
use super::home::Home;
use super::identity::Identity;
use super::pidfile;

/// Leaves a watcher behind and becomes initdb.
///
/// The watcher waits on the pipe. A line means that initdb is gone; the pipe's end without one
/// means that we are gone, and initdb with all its children is killed: what it makes is thrown
/// away by the next start, which it must not disturb.
const SCRIPT: &str = r#"exec 3<&0 </dev/null
( ( read -r line <&3 || kill -s KILL -- -$$ ) >/dev/null 2>&1 & )
exec 3<&-
exec "$@""#;

/// Unicode case rules, code point order. Not known to every C library.
const LOCALE: &str = "C.UTF-8";

/// The major version that made the cluster; `None` where there is no cluster yet.
pub(super) fn made_by(cluster: &Path) -> Result<Option<u32>, PostgresError> {
    let path = cluster.join("PG_VERSION");
    match fs::read_to_string(&path) {
        Ok(text) => {
            let major = text.trim().parse().map_err(io::Error::other);
            major
                .map(Some)
                .during(|| format!("reading the version in {}", path.display()))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).during(|| format!("reading {}", path.display())),
    }
}

/// Makes the cluster beside its place and renames it, so that a kill leaves nothing half-made.
pub(super) fn create(
    home: &Home,
    binaries: &Binaries,
    identity: &Identity,
    fast: bool,
) -> Result<(), PostgresError> {
    tracing::info!(major = binaries.major, dir = %home.dir.display(), "creating the database");
    let mut output = initdb(home, binaries, identity, fast, LOCALE)?;
    let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
    if !output.status.success() && complaint.contains("locale name") {
        tracing::info!(locale = LOCALE, "the locale is not installed, using C");
        output = initdb(home, binaries, identity, fast, "C")?;
    }
    let unfinished = home.unfinished_cluster();
    if !output.status.success() {
        let detail = String::from_utf8_lossy(&output.stderr).trim().to_owned();
        return Err(PostgresError::Initdb {
            dir: unfinished,
            detail,
        });
    }
    fs::rename(&unfinished, home.cluster())
        .and_then(|()| fs::File::open(&home.dir)?.sync_all())
        .during(|| format!("moving {} to its place", unfinished.display()))
}

fn initdb(
    home: &Home,
    binaries: &Binaries,
    identity: &Identity,
    fast: bool,
    locale: &str,
) -> Result<Output, PostgresError> {
    let unfinished = home.unfinished_cluster();
    pidfile::wait_for_leftovers(&home.dir, &unfinished)?;
    match fs::remove_dir_all(&unfinished) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            return Err(error).during(|| format!("clearing {}", unfinished.display()));
        }
        _ => {}
    }
    identity.own_dir(&unfinished)?;
    let mut command = identity.command(Path::new("/bin/sh"));
    command
        .args(["-c", SCRIPT, "initdb"])
        .arg(binaries.initdb());
    command.arg("--pgdata").arg(&unfinished);
    command.args([
        "--username",
        "postgres",
        "--encoding",
        "UTF8",
        "--locale",
        locale,
    ]);
    // The socket's directory is closed to others; TCP is open to every user of the machine.
    command.args(["--auth-local", "trust", "--auth-host", "scram-sha-256"]);
    if fast {
        command.arg("--no-sync");
    }
    command
        .current_dir(&unfinished)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    run(command).during(|| format!("running {}", binaries.initdb().display()))
}

fn run(mut command: Command) -> io::Result<Output> {
    let mut child = command.spawn()?;
    let lifeline = child.stdin.take();
    let output = child.wait_with_output()?;
    if let Some(Err(error)) = lifeline.map(|mut pipe| pipe.write_all(b"ended\n")) {
        // The watcher was killed: nobody is left to tell.
        tracing::debug!(%error, "the watcher of initdb is gone");
    }
    Ok(output)
}

/// Makes sure that the server's user owns the cluster, as PostgreSQL demands.
///
/// # Errors
/// [`PostgresError::ForeignDirectory`] when it is another's and we are not root.
pub(super) fn take_over(cluster: &Path, identity: &Identity) -> Result<(), PostgresError> {
    let meta = fs::metadata(cluster).during(|| format!("looking at {}", cluster.display()))?;
    if meta.uid() == identity.uid {
        return Ok(());
    }
    if !identity.dropped {
        return Err(PostgresError::ForeignDirectory {
            dir: cluster.to_owned(),
            owner: meta.uid(),
            user: identity.uid,
        });
    }
    tracing::info!(
        uid = identity.uid,
        "handing the database to the server's user"
    );
    identity.give_all(cluster)
}
