//! What a caller decides about its server.

use std::path::PathBuf;

/// How to run a server. Everything has a default but the directory.
#[derive(Debug, Clone)]
pub struct PostgresConfig {
    /// Where the server's files live: cluster, log, socket, lock.
    pub data_dir: PathBuf,
    /// TCP port on 127.0.0.1; 0 picks a free one.
    pub port: u16,
    /// Use the programs of this directory and no others.
    pub bin_dir: Option<PathBuf>,
    /// Directories that are tried when the system has no PostgreSQL of its own.
    pub fallback_bin_dirs: Vec<PathBuf>,
    /// Give durability up for speed. For tests alone: a crash of the machine loses the cluster.
    pub fast: bool,
    /// More settings of the server, by name; they win over ours, which are those of a small database.
    pub settings: Vec<(&'static str, &'static str)>,
}

impl PostgresConfig {
    /// A durable server on a free port, with the newest PostgreSQL of the system.
    #[must_use]
    pub fn new(data_dir: impl Into<PathBuf>) -> Self {
        Self {
            data_dir: data_dir.into(),
            port: 0,
            bin_dir: None,
            fallback_bin_dirs: Vec::new(),
            fast: false,
            settings: Vec::new(),
        }
    }

    /// Listens on this TCP port; 0 picks a free one.
    #[must_use]
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Uses the programs of this directory, or searches when `None`.
    #[must_use]
    pub fn bin_dir(mut self, bin_dir: Option<PathBuf>) -> Self {
        self.bin_dir = bin_dir;
        self
    }

    /// Adds a directory that is tried when the system has no PostgreSQL of its own.
    #[must_use]
    pub fn fallback_bin_dir(mut self, bin_dir: impl Into<PathBuf>) -> Self {
        self.fallback_bin_dirs.push(bin_dir.into());
        self
    }

    /// Gives durability up for speed; for tests alone.
    #[must_use]
    pub fn fast(mut self, fast: bool) -> Self {
        self.fast = fast;
        self
    }
}
