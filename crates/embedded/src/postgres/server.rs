//! The handle on a running server.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Instant;

use url::Url;

use super::binaries::Binaries;
use super::cluster;
use super::companion::Companion;
use super::config::PostgresConfig;
use super::error::{IoContext, PostgresError};
use super::home::{self, Home};
use super::identity::Identity;
use super::launch::Launch;
use super::pidfile;
use super::process::Process;

/// A running PostgreSQL server on 127.0.0.1 and on a Unix socket that only we can open.
///
/// It stops with [`Postgres::stop`], when the handle is dropped, and when this process dies. The
/// handle belongs to no async runtime.
#[derive(Debug)]
pub struct Postgres {
    process: Process,
    port: u16,
    major: u32,
    bin_dir: PathBuf,
    home: Home,
    identity: Identity,
}

impl Postgres {
    /// Starts a server on the directory, which is made into a cluster on its first use.
    ///
    /// Tens of milliseconds for an existing directory, under a second for a new one; longer after
    /// a crash, and up to 10 s while an earlier server of a killed process still ends.
    ///
    /// # Errors
    /// Every [`PostgresError`] but `NotStopped`; the text says what to do.
    pub async fn start(config: PostgresConfig) -> Result<Self, PostgresError> {
        tokio::task::spawn_blocking(move || Self::start_blocking(&config))
            .await
            .map_err(|_| PostgresError::Interrupted)?
    }

    /// [`Postgres::start`] for callers without a runtime; blocks the thread.
    ///
    /// # Errors
    /// As [`Postgres::start`].
    pub fn start_blocking(config: &PostgresConfig) -> Result<Self, PostgresError> {
        let started = Instant::now();
        let identity = Identity::choose()?;
        let home = Home::open(&config.data_dir, &identity)?;
        if let Some(notice) = &home.notice {
            tracing::warn!("{notice}");
        }
        let cluster = home.cluster();
        pidfile::wait_for_leftovers(&home.dir, &cluster)?;
        pidfile::remove_stale_sockets(&home.socket_dir)?;
        let made_by = cluster::made_by(&cluster)?;
        let binaries = Binaries::find(config, &identity, &cluster, made_by)?;
        tracing::debug!(dir = %binaries.dir.display(), major = binaries.major, "found PostgreSQL");
        if made_by.is_none() {
            cluster::create(&home, &binaries, &identity, config.fast)?;
        }
        cluster::take_over(&cluster, &identity)?;
        let launch = Launch {
            home: &home,
            binaries: &binaries,
            identity: &identity,
            fast: config.fast,
            more: &config.settings,
        };
        let (process, port) = launch.run(config.port)?;
        tracing::info!(
            pid = process.pid,
            port,
            major = binaries.major,
            elapsed_ms = u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
            "the database is ready"
        );
        Ok(Self {
            process,
            port,
            major: binaries.major,
            bin_dir: binaries.dir,
            home,
            identity,
        })
    }

    /// The superuser on the Unix socket, which asks for no password: a connection string in the
    /// key-value form.
    #[must_use]
    pub fn superuser_url(&self) -> String {
        self.socket_url("postgres", "postgres")
    }

    /// Any role and database on the Unix socket, without a password, in the key-value form.
    #[must_use]
    pub fn socket_url(&self, user: &str, database: &str) -> String {
        let host = self.home.socket_dir.to_string_lossy();
        format!(
            "host={} port={} user={} dbname={}",
            quote(&host),
            self.port,
            quote(user),
            quote(database)
        )
    }

    /// A role and database over TCP, which asks for the role's password (SCRAM): a URL.
    ///
    /// # Errors
    /// When the parts make no URL, which none of ours do.
    pub fn tcp_url(
        &self,
        user: &str,
        password: &str,
        database: &str,
    ) -> Result<String, url::ParseError> {
        let mut url = Url::parse(&format!("postgres://127.0.0.1:{}", self.port))?;
        let refused = |()| url::ParseError::EmptyHost;
        url.set_username(user).map_err(refused)?;
        url.set_password(Some(password)).map_err(refused)?;
        url.path_segments_mut().map_err(refused)?.push(database);
        Ok(url.into())
    }

    /// The TCP port on 127.0.0.1.
    #[must_use]
    pub fn tcp_port(&self) -> u16 {
        self.port
    }

    /// The directory of the Unix socket.
    #[must_use]
    pub fn socket_dir(&self) -> &Path {
        &self.home.socket_dir
    }

    /// Where the server's files really are.
    #[must_use]
    pub fn dir(&self) -> &Path {
        &self.home.dir
    }

    /// Where the server's programs are; a package has `psql` and `pg_dump` there, too.
    #[must_use]
    pub fn bin_dir(&self) -> &Path {
        &self.bin_dir
    }

    /// What the server says.
    #[must_use]
    pub fn log(&self) -> PathBuf {
        self.home.log()
    }

    /// The server's major version.
    #[must_use]
    pub fn major(&self) -> u32 {
        self.major
    }

    /// The server's process.
    #[must_use]
    pub fn pid(&self) -> i32 {
        self.process.pid
    }

    /// What the person at the terminal should be told, if anything.
    #[must_use]
    pub fn notice(&self) -> Option<&str> {
        self.home.notice.as_deref()
    }

    /// Starts a program beside the server, such as a pooler: as the server's user, with nothing of
    /// our environment, in the server's directory. What it says goes to `<name>.log` there, `name`
    /// being the program's. It ends when the value is dropped and when this process dies.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn companion(&self, program: &Path, args: &[&str]) -> Result<Companion, PostgresError> {
        Companion::spawn(&self.home, &self.identity, program, args)
    }

    /// Resolves when the server has ended, with how it did.
    pub async fn wait(&self) -> String {
        self.process.wait().await
    }

    /// Stops the server: open transactions are rolled back, everything committed is on disk.
    ///
    /// # Errors
    /// [`PostgresError::NotStopped`] when it does not end, not even by force.
    pub async fn stop(self) -> Result<(), PostgresError> {
        tracing::debug!(pid = self.process.pid, "stopping the database");
        self.process.stop().await
    }

    /// Removes a server's directory with all it holds, wherever [`Postgres::start`] put it.
    /// Returns whether there was one.
    ///
    /// # Errors
    /// [`PostgresError::InUse`] while a server runs there.
    pub fn remove(data_dir: &Path) -> Result<bool, PostgresError> {
        let identity = Identity::choose()?;
        let (dir, _) = home::locate(data_dir, &identity)?;
        if !dir.exists() {
            return Ok(false);
        }
        let home = Home::open(data_dir, &identity)?;
        pidfile::wait_for_leftovers(&home.dir, &home.cluster())?;
        for dir in [&home.socket_dir, &home.dir] {
            match fs::remove_dir_all(dir) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(error).during(|| format!("removing {}", dir.display()));
                }
                _ => {}
            }
        }
        Ok(true)
    }
}

/// A value of a key-value connection string.
fn quote(value: &str) -> String {
    let plain = |c: char| c.is_ascii_alphanumeric() || "/._-".contains(c);
    if !value.is_empty() && value.chars().all(plain) {
        return value.to_owned();
    }
    format!("'{}'", value.replace('\\', "\\\\").replace('\'', "\\'"))
}

#[cfg(test)]
mod tests {
    use super::quote;

    #[test]
    fn quotes_what_would_be_misread() {
        let check = |value, want| assert_eq!(quote(value), want);
        check("/srv/run", "/srv/run");
        check("/with blank", "'/with blank'");
        check("it's", "'it\\'s'");
        check("", "''");
    }
}
