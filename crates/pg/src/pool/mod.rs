//! A pool in which each tenant has a connection of its own to come back to.
//!
//! A backend's caches (plans, catalog entries) then stay warm and small: a tenant's statements
//! live on a few connections instead of on all of them.

mod config;
mod lanes;
mod loan;
mod seats;
mod shelf;

use std::str::FromStr;
use std::sync::{Arc, Mutex, Weak};
use std::time::Duration;

pub use config::{PoolConfig, PoolStatus};
pub(crate) use loan::Loan;

use crate::connection::{Call, Connection, Outcome};
use crate::probe::{self, Between};
use crate::wire::{Target, Wire};
use crate::{Error, Flight, Params, Result, Row, Statement, Tx, Type, tls};
use lanes::{Lane, Lanes};
use shelf::Shelf;

/// Connections to one database as one role. Cheap to clone.
#[derive(Clone)]
pub struct Pool(Arc<Inner>);

struct Inner {
    config: PoolConfig,
    target: Target,
    between: Between,
    lanes: Lanes,
    shelf: Mutex<Shelf>,
}

impl Inner {
    /// How many statements a connection keeps prepared.
    fn statement_cache(&self) -> usize {
        let found = match self.between {
            Between::Transactions { .. } => 0,
            Between::Nothing | Between::Sessions => config::STATEMENTS,
        };
        self.config.statement_cache.unwrap_or(found)
    }

    async fn connect(&self) -> Result<Connection> {
        let (wire, way) = Wire::connect(&self.target).await?;
        Ok(Connection::new(wire, way, self.statement_cache()))
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
        let between = probe::look(&target).await?;
        let inner = Arc::new(Inner {
            target,
            between,
            lanes: Lanes::to(config.max_size),
            shelf: Mutex::new(Shelf::new(config.max_size)),
            config,
        });
        let pool = Self(inner);
        drop(pool.checkout(0).await?);
        reap_in_background(Arc::downgrade(&pool.0));
        Ok(pool)
    }

    /// What stands between us and the server, as it was found when the pool was made.
    #[must_use]
    pub fn between(&self) -> Between {
        self.0.between
    }

    /// How many statements a connection keeps prepared; 0: all go unnamed.
    #[must_use]
    pub fn statement_cache(&self) -> usize {
        self.0.statement_cache()
    }

    /// A connection for the tenant with that number; 0: for nobody's.
    pub(crate) async fn checkout(&self, affinity: u64) -> Result<Loan> {
        // Where no statement has a name, the pooler decides whose backend serves whom.
        let tenant = match self.0.statement_cache() {
            0 => 0,
            _ => affinity,
        };
        let (place, mut connection) = match self.0.claim(tenant) {
            Ok(placed) => placed,
            Err(waiting) => waiting.granted(self.0.config.acquire_timeout).await?,
        };
        let mut connection = match connection.take_if(|there| there.wire.is_alive()) {
            Some(connection) => connection,
            // Boxed: what is rare would make the future of every read large.
            None => Box::pin(self.0.connect()).await?,
        };
        if tenant != 0 {
            connection.tenants.insert(tenant);
        }
        Ok(Loan::new(connection, &self.0, place))
    }

    /// A connection for a tenant's flight, within what one tenant may hold.
    pub(crate) async fn checkout_for(&self, flight: &Flight) -> Result<Loan> {
        let lane = match self.0.lanes.try_enter(flight.lane) {
            Some(lane) => lane,
            // Boxed, as above.
            None => Box::pin(self.wait_in(flight.lane)).await?,
        };
        Ok(self.checkout(flight.affinity).await?.within(lane))
    }

    async fn wait_in(&self, lane: u64) -> Result<Lane> {
        let timeout = self.0.config.acquire_timeout;
        let entered = tokio::time::timeout(timeout, self.0.lanes.enter(lane)).await;
        let millis = u64::try_from(timeout.as_millis()).unwrap_or(u64::MAX);
        entered.map_err(|_| Error::PoolTimeout(millis))
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

    /// Closes the connections at rest. What a backend has learned of the tables that it touched it
    /// keeps for as long as it lives: who walks over very many of them starts anew at times.
    pub fn close_idle(&self) {
        self.0.clear();
    }

    /// How many connections rest and work.
    #[must_use]
    pub fn status(&self) -> PoolStatus {
        let (idle, in_use) = self.0.counts();
        PoolStatus {
            max_size: self.0.config.max_size,
            idle,
            in_use,
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
