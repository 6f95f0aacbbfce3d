//! From a cluster to a server that answers.

use std::net::TcpListener;
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};
use std::{fs, io};

use super::binaries::Binaries;
use super::error::{IoContext, PostgresError};
use super::home::Home;
use super::identity::Identity;
use super::pidfile::PidFile;
use super::process::{Process, SCRIPT};

/// Recovery after a crash replays at most `max_wal_size`, on a slow disk in about this time.
const READY_WAIT: Duration = Duration::from_secs(120);

/// Between two looks at the server's state.
const POLL: Duration = Duration::from_millis(5);

/// A free port may be taken between our look and the server's; so often we look again.
const PORT_ATTEMPTS: usize = 5;

/// How much of the log an error shows.
const TAIL_LINES: usize = 15;

/// What one start needs to know.
pub(super) struct Launch<'a> {
    pub home: &'a Home,
    pub binaries: &'a Binaries,
    pub identity: &'a Identity,
    pub fast: bool,
    pub more: &'a [(&'static str, &'static str)],
}

impl Launch<'_> {
    /// Starts the server on `port`, or on a free one for 0, and waits until it answers.
    pub fn run(&self, port: u16) -> Result<(Process, u16), PostgresError> {
        for _ in 1..PORT_ATTEMPTS {
            match self.attempt(port) {
                Err(PostgresError::PortTaken { .. }) if port == 0 => {}
                outcome => return outcome,
            }
        }
        self.attempt(port)
    }

    fn attempt(&self, wanted: u16) -> Result<(Process, u16), PostgresError> {
        let port = probe_port(wanted)?;
        let log = self.home.open_log()?;
        let said_before = log.metadata().map(|meta| meta.len()).unwrap_or_default();
        let twin = log.try_clone().during(|| "opening the log".to_owned())?;
        let mut command = self.command(port);
        command.stdout(twin).stderr(log);
        let process = Process::spawn(command, &self.home.log())?;
        tracing::debug!(pid = process.pid, port, "the database server is starting");
        self.await_ready(&process, port, said_before)?;
        Ok((process, port))
    }

    fn command(&self, port: u16) -> Command {
        let mut command = self.identity.command(Path::new("/bin/sh"));
        command
            .current_dir(self.home.cluster())
            .args(["-c", SCRIPT, "postgres"]);
        command
            .arg(self.binaries.postgres())
            .arg("-D")
            .arg(self.home.cluster());
        for (name, value) in self.settings(port) {
            command.arg("-c").arg(format!("{name}={value}"));
        }
        command
    }

    /// Settings ride on the command line, so that an old cluster gets today's.
    fn settings(&self, port: u16) -> Vec<(&'static str, String)> {
        let durability = if self.fast { "off" } else { "on" };
        let socket_dir = quote_list_item(&self.home.socket_dir);
        [
            ("listen_addresses", "127.0.0.1"),
            ("unix_socket_permissions", "0700"),
            ("max_connections", "200"),
            ("max_locks_per_transaction", "256"),
            ("shared_buffers", "64MB"),
            ("max_wal_size", "512MB"),
            ("jit", "off"),
            ("timezone", "UTC"),
            ("log_timezone", "UTC"),
            ("lc_messages", "C"),
            ("log_destination", "stderr"),
            ("logging_collector", "off"),
            ("log_line_prefix", "%m [%p] %q%u@%d "),
            ("fsync", durability),
            ("synchronous_commit", durability),
            ("full_page_writes", durability),
        ]
        .into_iter()
        .map(|(name, value)| (name, value.to_owned()))
        .chain([
            ("port", port.to_string()),
            ("unix_socket_directories", socket_dir),
        ])
        .chain(
            self.more
                .iter()
                .map(|&(name, value)| (name, value.to_owned())),
        )
        .collect()
    }

    /// Ready is what the server says of itself, proven by a connection.
    fn await_ready(
        &self,
        process: &Process,
        port: u16,
        said_before: u64,
    ) -> Result<(), PostgresError> {
        let started = Instant::now();
        let mut patience = Duration::from_secs(5);
        loop {
            if let Some(status) = process.exited() {
                return Err(self.explain(status, port, said_before));
            }
            let file = PidFile::read(&self.home.cluster())?;
            let ready = file.is_some_and(|file| file.pid == process.pid && file.ready);
            if ready && UnixStream::connect(self.socket(port)).is_ok() {
                return Ok(());
            }
            if started.elapsed() > READY_WAIT {
                let (seconds, log) = (READY_WAIT.as_secs(), self.home.log());
                return Err(PostgresError::NotReady { seconds, log });
            }
            if started.elapsed() > patience {
                tracing::info!(
                    seconds = patience.as_secs(),
                    "the database is still starting"
                );
                patience *= 2;
            }
            sleep(POLL);
        }
    }

    fn socket(&self, port: u16) -> PathBuf {
        self.home.socket_dir.join(format!(".s.PGSQL.{port}"))
    }

    /// Turns an early end into its reason, as far as the log tells.
    fn explain(&self, status: String, port: u16, said_before: u64) -> PostgresError {
        let log = self.home.log();
        let said = fs::read(&log).unwrap_or_default();
        let start = usize::try_from(said_before).unwrap_or(0).min(said.len());
        let said = String::from_utf8_lossy(&said[start..]).into_owned();
        if said.contains("Address already in use")
            || said.contains("another postmaster running on port")
        {
            return PostgresError::PortTaken { port };
        }
        let lines: Vec<&str> = said.lines().collect();
        let tail = lines[lines.len().saturating_sub(TAIL_LINES)..].join("\n");
        PostgresError::Exited { status, log, tail }
    }
}

/// Whether the port is free, or which one is.
fn probe_port(wanted: u16) -> Result<u16, PostgresError> {
    match TcpListener::bind(("127.0.0.1", wanted)) {
        Ok(listener) => {
            let address = listener
                .local_addr()
                .during(|| "asking for a free port".to_owned())?;
            Ok(address.port())
        }
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
            Err(PostgresError::PortTaken { port: wanted })
        }
        Err(error) => Err(error).during(|| format!("trying port {wanted} of 127.0.0.1")),
    }
}

/// One item of a list setting: a comma or a blank in the path must not split it.
fn quote_list_item(path: &Path) -> String {
    format!("\"{}\"", path.display().to_string().replace('"', "\"\""))
}
