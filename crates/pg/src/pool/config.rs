//! What a pool is told, and what it tells.

use std::time::Duration;

/// Statements that a connection keeps prepared where names last.
pub(super) const STATEMENTS: usize = 500;

/// Tables that a connection may touch before another takes its place. A backend keeps what it knows
/// of each (16 to 18 kB measured with a table's indexes) for as long as it lives.
const TABLES: usize = 1000;

/// How a pool behaves. Times of TEN-12.
#[derive(Clone)]
pub struct PoolConfig {
    pub(super) url: String,
    pub(super) max_size: usize,
    pub(super) statement_cache: Option<usize>,
    pub(super) tables_max: usize,
    pub(super) connect_timeout: Duration,
    pub(super) acquire_timeout: Duration,
    pub(super) idle_timeout: Duration,
    pub(super) max_lifetime: Duration,
    pub(super) application_name: String,
}

impl std::fmt::Debug for PoolConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PoolConfig")
            .field("max_size", &self.max_size)
            .finish_non_exhaustive()
    }
}

impl PoolConfig {
    /// Ten connections, statements named where names last, 1,000 tables a connection, 10 s to
    /// connect, 28 min of life, 5 min idle.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            max_size: 10,
            statement_cache: None,
            tables_max: TABLES,
            connect_timeout: Duration::from_secs(10),
            acquire_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_millis(300_000),
            max_lifetime: Duration::from_millis(1_680_000),
            application_name: "bailiwick".to_owned(),
        }
    }

    /// At most `n` connections at once, at least one; one more while another takes its place.
    #[must_use]
    pub fn max_size(mut self, n: usize) -> Self {
        self.max_size = n.max(1);
        self
    }

    /// How many statements a connection may keep prepared, whatever stands between us and the
    /// server; 0 sends all of them unnamed. Where nobody says, what the start finds decides: 500,
    /// or none through a pooler in transaction mode.
    #[must_use]
    pub fn statement_cache(mut self, n: usize) -> Self {
        self.statement_cache = Some(n);
        self
    }

    /// How many tables of tenants a connection may touch before another takes its place; 0 is no
    /// bound.
    #[must_use]
    pub fn tables_max(mut self, n: usize) -> Self {
        self.tables_max = if n == 0 { usize::MAX } else { n };
        self
    }

    /// How long a caller waits for a free connection.
    #[must_use]
    pub fn acquire_timeout(mut self, timeout: Duration) -> Self {
        self.acquire_timeout = timeout;
        self
    }

    /// What `pg_stat_activity` shows.
    #[must_use]
    pub fn application_name(mut self, name: impl Into<String>) -> Self {
        self.application_name = name.into();
        self
    }
}

/// A snapshot of a pool, for metrics.
#[derive(Debug, Clone, Copy)]
pub struct PoolStatus {
    /// Connections that may exist at once.
    pub max_size: usize,
    /// Connections at rest.
    pub idle: usize,
    /// Connections at work.
    pub in_use: usize,
}
