//! PgBouncer between a server under test and its database.

use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use bailiwick_embedded::postgres::{Companion, Postgres};

use crate::database::PASSWORDS;

/// Where packages put the program, beside what `PATH` names.
const PLACES: [&str; 3] = ["/usr/sbin", "/usr/local/sbin", "/opt/homebrew/bin"];
/// How long it may take to listen.
const READY_MAX: Duration = Duration::from_secs(20);
/// Set to `pgbouncer`, it puts one between every server under test and its database.
const VARIABLE: &str = "TEST_POOLER";
/// Connections to the server for each database and role, where every test goes through it: more
/// than any test has transactions open at once, and fewer than would fill the server.
const SHARED_POOL: usize = 12;

/// Numbers of the sockets, which are files in a directory of ours.
static NEXT: AtomicU16 = AtomicU16::new(1);

/// A PgBouncer in front of the tests' server; it ends with the value.
pub struct Pooler {
    _companion: Companion,
    socket_dir: PathBuf,
    port: u16,
}

impl Pooler {
    /// In `mode` (`session`, `transaction`, `statement`), with so many connections to the server for
    /// each database and role. They take turns, so that no client meets the same one twice by luck.
    pub fn start(mode: &str, pool_size: usize) -> Arc<Self> {
        Self::beside(crate::database::server(), mode, pool_size)
    }

    /// The one that the whole run goes through, where it does.
    pub(crate) fn of_the_run() -> Option<Arc<Self>> {
        static SHARED: OnceLock<Option<Arc<Pooler>>> = OnceLock::new();
        let start = || {
            #[expect(
                clippy::disallowed_methods,
                reason = "how tests are run is said from outside"
            )]
            let wanted = std::env::var(VARIABLE)
                .ok()
                .filter(|name| !name.is_empty())?;
            assert_eq!(wanted, "pgbouncer", "{VARIABLE} names no pooler");
            let server = crate::database::server();
            Some(Self::beside(server, "transaction", SHARED_POOL))
        };
        SHARED.get_or_init(start).clone()
    }

    fn beside(server: &Postgres, mode: &str, pool_size: usize) -> Arc<Self> {
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let socket_dir = server.socket_dir().to_owned();
        let (host, server_port) = (socket_dir.display(), server.tcp_port());
        // Each has its own: it is read again whenever it changes, and half of it is no list.
        let users = server.dir().join(format!("pgbouncer-{number}-users"));
        let list = PASSWORDS.map(|(role, password)| format!("\"{role}\" \"{password}\"\n"));
        std::fs::write(&users, list.concat()).unwrap();
        let settings = format!(
            "[databases]\n* = host='{host}' port={server_port}\n\
             [pgbouncer]\nunix_socket_dir = {host}\nunix_socket_mode = 0700\nlisten_port = {number}\n\
             auth_type = scram-sha-256\nauth_file = {}\npool_mode = {mode}\n\
             default_pool_size = {pool_size}\nmax_client_conn = 2000\nserver_round_robin = 1\n\
             server_login_retry = 1\nlog_connections = 0\nlog_disconnections = 0\nlog_stats = 0\n",
            users.display()
        );
        let file = server.dir().join(format!("pgbouncer-{number}.ini"));
        std::fs::write(&file, settings).unwrap();
        let companion = server.companion(&program(), &[&file.to_string_lossy()]);
        let companion = companion.unwrap();
        let socket = socket_dir.join(format!(".s.PGSQL.{number}"));
        let deadline = Instant::now() + READY_MAX;
        while UnixStream::connect(&socket).is_err() {
            let said = || std::fs::read_to_string(companion.log()).unwrap_or_default();
            assert!(companion.exited().is_none(), "PgBouncer ended: {}", said());
            assert!(Instant::now() < deadline, "PgBouncer: {}", said());
            std::thread::yield_now();
        }
        Arc::new(Self {
            _companion: companion,
            socket_dir,
            port: number,
        })
    }

    /// The way to a database as a role, through this pooler, which asks for the password.
    #[must_use]
    pub fn url(&self, role: &str, database: &str) -> String {
        let password = PASSWORDS.iter().find(|(name, _)| *name == role);
        let (_, password) = password.unwrap_or_else(|| panic!("{role} has no password"));
        let (host, port) = (self.socket_dir.display(), self.port);
        format!("host='{host}' port={port} user={role} password={password} dbname={database}")
    }
}

/// PgBouncer's program.
fn program() -> PathBuf {
    let named = PLACES
        .iter()
        .map(|place| Path::new(place).join("pgbouncer"));
    let found = named.into_iter().find(|program| program.is_file());
    found.unwrap_or_else(|| {
        panic!(
            "PgBouncer is not installed: `cargo xtask setup --only pooler`, \
             or leave these tests out: cargo test -- --skip pooler::"
        )
    })
}
