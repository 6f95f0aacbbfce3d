//! The server's process, or one beside it: our child, reaped by a thread of its own, bound to our
//! life by a pipe.

use std::io::Write;
use std::path::Path;
use std::process::{Child, ChildStdin, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::thread;
use std::time::Duration;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use tokio::sync::watch;

use super::error::{IoContext, PostgresError};

/// Leaves a watcher behind and becomes the server.
///
/// The watcher, an orphan on purpose so that the server has no child it did not make, waits on
/// the pipe. A line means that the server is gone and reaped; the pipe's end without one means
/// that we are gone, and the server gets the signal for a fast shutdown.
pub(super) const SCRIPT: &str = r#"exec 3<&0 </dev/null
( ( read -r line <&3 || kill -INT $$ ) & )
exec 3<&-
exec "$@""#;

/// Time for a fast shutdown, which includes a checkpoint.
const FAST_STOP: Duration = Duration::from_secs(30);
/// Time for an immediate shutdown, which the next start recovers from.
const IMMEDIATE_STOP: Duration = Duration::from_secs(10);

/// The write end of the pipe; closing it stops the server.
type Lifeline = Arc<Mutex<Option<ChildStdin>>>;

/// A running or ended server. Dropping it stops the server, without waiting.
#[derive(Debug)]
pub(super) struct Process {
    pub pid: i32,
    _lifeline: Lifeline,
    exit: watch::Receiver<Option<String>>,
}

impl Process {
    /// Starts what [`SCRIPT`] was given and the thread that waits for its end.
    pub fn spawn(mut command: Command, log: &Path) -> Result<Self, PostgresError> {
        let starting = || format!("starting PostgreSQL, which logs to {}", log.display());
        let mut child = command.stdin(Stdio::piped()).spawn().during(starting)?;
        let pid = i32::try_from(child.id())
            .map_err(std::io::Error::other)
            .during(starting)?;
        let lifeline = Arc::new(Mutex::new(child.stdin.take()));
        let (sender, exit) = watch::channel(None);
        let watched = Arc::downgrade(&lifeline);
        thread::Builder::new()
            .name("postgres".to_owned())
            .spawn(move || reap(child, &watched, &sender))
            .during(starting)?;
        Ok(Self {
            pid,
            _lifeline: lifeline,
            exit,
        })
    }

    /// How the server ended; `None` while it runs.
    pub fn exited(&self) -> Option<String> {
        self.exit.borrow().clone()
    }

    /// Resolves with how the server ended.
    pub async fn wait(&self) -> String {
        let mut exit = self.exit.clone();
        match exit.wait_for(Option::is_some).await {
            Ok(status) => status.clone().unwrap_or_default(),
            Err(_) => "its watching thread ended".to_owned(),
        }
    }

    /// Fast shutdown, then an immediate one.
    pub async fn stop(&self) -> Result<(), PostgresError> {
        for (signal, patience) in [
            (Signal::SIGINT, FAST_STOP),
            (Signal::SIGQUIT, IMMEDIATE_STOP),
        ] {
            if self.exited().is_some() {
                return Ok(());
            }
            self.signal(signal)?;
            if tokio::time::timeout(patience, self.wait()).await.is_ok() {
                return Ok(());
            }
            tracing::warn!(pid = self.pid, %signal, "the database has not stopped yet");
        }
        let seconds = (FAST_STOP + IMMEDIATE_STOP).as_secs();
        Err(PostgresError::NotStopped {
            pid: self.pid,
            seconds,
        })
    }

    fn signal(&self, signal: Signal) -> Result<(), PostgresError> {
        match kill(Pid::from_raw(self.pid), signal) {
            Ok(()) | Err(nix::errno::Errno::ESRCH) => Ok(()),
            Err(error) => Err(std::io::Error::from(error))
                .during(|| format!("sending {signal} to process {}", self.pid)),
        }
    }
}

fn reap(
    mut child: Child,
    lifeline: &Weak<Mutex<Option<ChildStdin>>>,
    exit: &watch::Sender<Option<String>>,
) {
    let status = match child.wait() {
        Ok(status) => describe(status),
        Err(error) => format!("unknown: {error}"),
    };
    tracing::debug!(pid = child.id(), %status, "the database server ended");
    if let Some(lifeline) = lifeline.upgrade() {
        dismiss_watcher(&lifeline);
    }
    exit.send_replace(Some(status));
}

/// Tells the watcher that the number it holds is nobody's any more.
fn dismiss_watcher(lifeline: &Lifeline) {
    let pipe = lifeline
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
        .take();
    if let Some(mut pipe) = pipe
        && let Err(error) = pipe.write_all(b"ended\n")
    {
        // The watcher was killed, or the program was never reached: nobody is left to tell.
        tracing::debug!(%error, "the database's watcher is gone");
    }
}

fn describe(status: ExitStatus) -> String {
    status.to_string()
}
