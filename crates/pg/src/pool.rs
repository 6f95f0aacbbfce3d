//! A pool that prefers the connection which served the same tenant last.
//!
//! A backend's caches (plans, catalog entries) then stay warm and small: a tenant's statements
//! live on a few connections instead of on all of them.

use std::str::FromStr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::connection::{Call, Connection, Outcome};
use crate::wire::{Target, Wire};
use crate::{Error, Params, Result, Row, Statement, Tx, Type, tls};

/// How long a statement that nobody waits for may go on before it is cancelled, and its end may
/// take from there.
const PATIENCE: Duration = Duration::from_secs(1);

/// How often a statement is cancelled before its connection is given up: PostgreSQL ignores a
/// request that comes before the statement has begun.
const CANCELS: u32 = 3;

/// How a pool behaves. Times of TEN-12.
#[derive(Clone)]
pub struct PoolConfig {
    url: String,
    max_size: usize,
    statement_cache: usize,
    connect_timeout: Duration,
    acquire_timeout: Duration,
    idle_timeout: Duration,
    max_lifetime: Duration,
    application_name: String,
}

impl std::fmt::Debug for PoolConfig {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PoolConfig")
            .field("max_size", &self.max_size)
            .finish_non_exhaustive()
    }
}

impl PoolConfig {
    /// Ten connections, statements named, 10 s to connect, 28 min of life, 5 min idle.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            max_size: 10,
            statement_cache: 500,
            connect_timeout: Duration::from_secs(10),
            acquire_timeout: Duration::from_secs(10),
            idle_timeout: Duration::from_millis(300_000),
            max_lifetime: Duration::from_millis(1_680_000),
            application_name: "bailiwick".to_owned(),
        }
    }

    /// At most `n` connections at once, at least one.
    #[must_use]
    pub fn max_size(mut self, n: usize) -> Self {
        self.max_size = n.max(1);
        self
    }

    /// How many statements a connection may keep prepared; 0 sends all of them unnamed, as a
    /// pooler in transaction mode needs it.
    #[must_use]
    pub fn statement_cache(mut self, n: usize) -> Self {
        self.statement_cache = n;
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

/// Connections to one database as one role. Cheap to clone.
#[derive(Clone)]
pub struct Pool(Arc<Inner>);

struct Inner {
    config: PoolConfig,
    target: Target,
    permits: Arc<Semaphore>,
    idle: Mutex<Vec<Connection>>,
}

/// A connection on loan; back in the pool when dropped, unless it broke.
pub(crate) struct Loan {
    connection: Option<Connection>,
    pool: Weak<Inner>,
    permit: Option<OwnedSemaphorePermit>,
}

impl Loan {
    pub fn connection(&mut self) -> Result<&mut Connection> {
        self.connection.as_mut().ok_or(Error::Poisoned)
    }
}

impl Drop for Loan {
    fn drop(&mut self) {
        let (Some(connection), Some(pool)) = (self.connection.take(), self.pool.upgrade()) else {
            return;
        };
        if connection.wire.is_settled() {
            pool.put_back(connection);
        } else if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(settle(pool, connection, self.permit.take()));
        }
    }
}

/// Ends what a caller left under way, and gives the connection back once it is fit for anybody.
/// Its permit is held meanwhile: connections that settle count.
async fn settle(
    pool: Arc<Inner>,
    mut connection: Connection,
    _permit: Option<OwnedSemaphorePermit>,
) {
    let mut cancels = 0;
    let settled = loop {
        if let Ok(settled) = tokio::time::timeout(PATIENCE, connection.wire.settle()).await {
            break settled;
        }
        if cancels == CANCELS {
            return;
        }
        cancels += 1;
        if let Err(error) = connection.wire.cancel(&pool.target, &connection.way).await {
            tracing::debug!(%error, "a statement could not be cancelled");
        }
    };
    match settled {
        Ok(()) => pool.put_back(connection),
        Err(error) => tracing::debug!(%error, "a connection that was given up did not settle"),
    }
}

impl Inner {
    fn idle(&self) -> MutexGuard<'_, Vec<Connection>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put_back(&self, mut connection: Connection) {
        connection.idle_since = Instant::now();
        let aged = connection.born.elapsed() > self.config.max_lifetime;
        if !connection.wire.is_broken() && !aged {
            self.idle().push(connection);
        }
    }

    /// The best connection at rest: the tenant's own, else the one that rested longest.
    fn take(&self, affinity: u64) -> Option<Connection> {
        let mut idle = self.idle();
        while !idle.is_empty() {
            let at = idle
                .iter()
                .rposition(|c| c.affinity == affinity)
                .unwrap_or(0);
            let mut connection = idle.remove(at);
            if connection.wire.is_alive() {
                return Some(connection);
            }
        }
        None
    }

    async fn connect(&self) -> Result<Connection> {
        let (wire, way) = Wire::connect(&self.target).await?;
        Ok(Connection::new(wire, way, self.config.statement_cache))
    }

    fn reap(&self) {
        let timeout = self.config.idle_timeout;
        self.idle()
            .retain_mut(|c| c.idle_since.elapsed() < timeout && c.wire.is_alive());
    }
}

impl Pool {
    /// Reads the connection string and opens a first connection, so that a wrong one is an error
    /// of the start and not of a request.
    ///
    /// # Errors
    /// An unreadable connection string; no connection.
    pub async fn connect(config: PoolConfig) -> Result<Self> {
        let mut postgres = tokio_postgres::Config::from_str(&config.url)
            .map_err(|e| Error::Config(e.to_string()))?;
        postgres.keepalives_idle(Duration::from_secs(300));
        if postgres.get_application_name().is_none() {
            postgres.application_name(&config.application_name);
        }
        let tls = tls::transport(&mut postgres)?;
        let target = Target {
            timeout: config.connect_timeout,
            config: postgres,
            tls,
        };
        let inner = Arc::new(Inner {
            target,
            permits: Arc::new(Semaphore::new(config.max_size)),
            idle: Mutex::new(Vec::with_capacity(config.max_size)),
            config,
        });
        let first = inner.connect().await?;
        inner.idle().push(first);
        reap_in_background(Arc::downgrade(&inner));
        Ok(Self(inner))
    }

    pub(crate) async fn checkout(&self, affinity: u64) -> Result<Loan> {
        let timeout = self.0.config.acquire_timeout;
        let permits = Arc::clone(&self.0.permits);
        let permit = match Arc::clone(&permits).try_acquire_owned() {
            Ok(permit) => permit,
            Err(_) => tokio::time::timeout(timeout, permits.acquire_owned())
                .await
                .ok()
                .and_then(std::result::Result::ok)
                .ok_or_else(|| {
                    Error::PoolTimeout(u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX))
                })?,
        };
        let mut connection = match self.0.take(affinity) {
            Some(connection) => connection,
            // Boxed: what is rare would make the future of every read large.
            None => Box::pin(self.0.connect()).await?,
        };
        connection.affinity = affinity;
        Ok(Loan {
            connection: Some(connection),
            pool: Arc::downgrade(&self.0),
            permit: Some(permit),
        })
    }

    /// A connection that the pool does not count.
    pub(crate) async fn connect_beside(&self) -> Result<Connection> {
        self.0.connect().await
    }

    /// A transaction without an entry. `BEGIN` leaves with its first statement.
    ///
    /// # Errors
    /// No connection became free in time.
    pub async fn begin(&self) -> Result<Tx> {
        Ok(Tx::new(self.checkout(0).await?, None, None))
    }

    async fn run(&self, statement: &'static Statement, params: &Params<'_>) -> Result<Outcome> {
        let mut loan = self.checkout(0).await?;
        let call = Call {
            statement,
            schema: None,
            params,
        };
        let [done] = loan.connection()?.fly([call], None).await?;
        Ok(done)
    }

    /// One statement in a transaction of its own: all rows.
    ///
    /// # Errors
    /// The database's.
    pub async fn query(
        &self,
        statement: &'static Statement,
        params: &Params<'_>,
    ) -> Result<Vec<Row>> {
        Ok(self.run(statement, params).await?.rows)
    }

    /// One statement in a transaction of its own: the row, where there is one.
    ///
    /// # Errors
    /// The database's; more than one row.
    pub async fn query_opt(
        &self,
        statement: &'static Statement,
        params: &Params<'_>,
    ) -> Result<Option<Row>> {
        at_most_one(statement, self.run(statement, params).await?)
    }

    /// One statement in a transaction of its own: the row.
    ///
    /// # Errors
    /// The database's; not exactly one row.
    pub async fn query_one(
        &self,
        statement: &'static Statement,
        params: &Params<'_>,
    ) -> Result<Row> {
        exactly_one(statement, self.run(statement, params).await?)
    }

    /// One statement in a transaction of its own: the number of rows affected.
    ///
    /// # Errors
    /// The database's.
    pub async fn execute(&self, statement: &'static Statement, params: &Params<'_>) -> Result<u64> {
        Ok(self.run(statement, params).await?.affected)
    }

    /// Text of one or more statements by the simple protocol, for DDL. Never with values in it.
    ///
    /// # Errors
    /// The database's.
    pub async fn batch(&self, sql: &str) -> Result<()> {
        self.checkout(0).await?.connection()?.batch(sql).await
    }

    /// Prepares `text` and answers the types of its parameters, for the test of statements.
    ///
    /// # Errors
    /// The database's: the statement does not fit the schema.
    pub async fn parameter_types(&self, text: &str) -> Result<Vec<Type>> {
        let mut loan = self.checkout(0).await?;
        loan.connection()?.parameter_types(text).await
    }

    /// How many connections rest and work.
    #[must_use]
    pub fn status(&self) -> PoolStatus {
        let max_size = self.0.config.max_size;
        PoolStatus {
            max_size,
            idle: self.0.idle().len(),
            in_use: max_size.saturating_sub(self.0.permits.available_permits()),
        }
    }
}

pub(crate) fn at_most_one(statement: &Statement, mut outcome: Outcome) -> Result<Option<Row>> {
    match outcome.rows.len() {
        0 | 1 => Ok(outcome.rows.pop()),
        rows => Err(Error::RowCount {
            statement: statement.name,
            rows,
        }),
    }
}

pub(crate) fn exactly_one(statement: &Statement, outcome: Outcome) -> Result<Row> {
    let rows = outcome.rows.len();
    at_most_one(statement, outcome)?.ok_or(Error::RowCount {
        statement: statement.name,
        rows,
    })
}

/// Closes connections that rest too long; ends with the pool.
fn reap_in_background(pool: Weak<Inner>) {
    tokio::spawn(async move {
        let mut every = tokio::time::interval(Duration::from_secs(30));
        loop {
            every.tick().await;
            match pool.upgrade() {
                Some(pool) => pool.reap(),
                None => return,
            }
        }
    });
}
