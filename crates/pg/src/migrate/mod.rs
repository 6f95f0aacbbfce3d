//! Forward-only migrations, recorded in the schema that they change.

mod batch;
mod text;

use std::collections::BTreeMap;
use std::time::Duration;

use crate::connection::Connection;
use crate::{Error, Pool, Result, Schema, Type};

pub use batch::{Batch, Tree, make, upgrade};
use text::statements;

/// One step. A step that has landed is never edited: its checksum is recorded and compared.
#[derive(Debug, Clone, Copy)]
pub struct Migration {
    /// Its place in the order, from 1, without gaps.
    pub version: i32,
    /// What it does, in a word or two.
    pub name: &'static str,
    /// Its text; `{t}` stands for the schema. Statements end with `;` at the end of a line, so
    /// that each can be sent by itself (Citus accepts one DDL statement per message).
    pub sql: &'static str,
}

impl Migration {
    /// FNV-1a of the text, 64 bits: tells an edited file from the one that was applied.
    #[must_use]
    pub fn checksum(&self) -> i64 {
        fnv(self.sql.as_bytes())
    }
}

/// FNV-1a, 64 bits: tells two texts apart, and nothing more.
#[must_use]
pub fn fnv(bytes: &[u8]) -> i64 {
    let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    });
    hash.cast_signed()
}

/// Brings `schema`, which must exist, to the newest of `migrations`, a transaction each. Safe to
/// repeat and to run from several processes at once: they queue on an advisory lock. Answers how
/// many were applied.
///
/// # Errors
/// A migration's own, also where it waited for a lock longer than `lock_timeout`; a recorded one
/// that differs from ours, or is newer than all of ours.
pub async fn run(
    pool: &Pool,
    schema: &str,
    migrations: &[Migration],
    lock_timeout: Option<Duration>,
) -> Result<usize> {
    let place = &Place::new(schema, LEDGER)?;
    let mut loan = pool.checkout(0).await?;
    let connection = loan.connection()?;
    let mut applied = 0;
    for migration in migrations {
        match step(connection, place, migration, migrations, lock_timeout).await {
            Ok(done) => applied += usize::from(done),
            Err(error) => {
                connection.batch("rollback").await?;
                return Err(error);
            }
        }
    }
    Ok(applied)
}

/// The statement to begin a batch with that changes the catalog's rows of `schema`: of several at
/// once each waits for the one before (PostgreSQL refuses, `tuple concurrently updated`, does not
/// wait). Held to the transaction's end; a batch without `begin` is one transaction.
#[must_use]
pub fn lock(schema: &Schema) -> String {
    format!("select pg_advisory_xact_lock(hashtextextended('bailiwick.migrate.{schema}', 0));")
}

/// The table that says which migrations ran.
pub const LEDGER: &str = "schema_migrations";

/// A schema and the table in it that says which migrations ran; both safe to stand in SQL text.
struct Place {
    schema: Schema,
    ledger: Schema,
}

impl Place {
    fn new(schema: &str, ledger: &str) -> Result<Self> {
        let name = |text| Schema::new(text).map_err(|e| Error::Config(e.to_string()));
        Ok(Self {
            schema: name(schema)?,
            ledger: name(ledger)?,
        })
    }

    fn create(&self) -> String {
        let Self { schema, ledger } = self;
        format!(
            "create table if not exists {schema}.{ledger} (\
               version int primary key, name text not null, checksum bigint not null, \
               applied_at timestamptz not null default now())"
        )
    }

    /// The statement that records `applied`, of which there is at least one.
    fn note(&self, applied: &[Migration]) -> String {
        let Self { schema, ledger } = self;
        let rows: Vec<String> = applied
            .iter()
            .map(|m| {
                let name = m.name.replace('\'', "''");
                format!("({}, '{name}', {})", m.version, m.checksum())
            })
            .collect();
        let rows = rows.join(", ");
        format!("insert into {schema}.{ledger} (version, name, checksum) values {rows}")
    }
}

/// One transaction a step: the lock, the look and the change belong together. `true` where it was
/// not recorded before. The caller rolls back what failed.
async fn step(
    connection: &mut Connection,
    place: &Place,
    migration: &Migration,
    migrations: &[Migration],
    lock_timeout: Option<Duration>,
) -> Result<bool> {
    begin(connection, &place.schema, lock_timeout).await?;
    connection.batch(&place.create()).await?;
    let known = recorded(connection, place).await?;
    check(place, &known, migrations)?;
    let is_new = !known.contains_key(&migration.version);
    if is_new {
        apply(connection, place, migration).await?;
    }
    connection.batch("commit").await?;
    Ok(is_new)
}

/// Begins a transaction that has the schema to itself among migrations.
async fn begin(
    connection: &mut Connection,
    schema: &Schema,
    lock_timeout: Option<Duration>,
) -> Result<()> {
    let patience = lock_timeout.map(patience).unwrap_or_default();
    connection
        .batch(&format!("begin; {patience} {}", lock(schema)))
        .await
}

/// The statement that bounds how long the transaction waits for a lock.
fn patience(lock_timeout: Duration) -> String {
    // 0 would mean for ever.
    let ms = lock_timeout.as_millis().clamp(1, 86_400_000);
    format!("set local lock_timeout = {ms};")
}

/// Runs a migration's statements in one flight, one a message, and records it.
async fn apply(connection: &mut Connection, place: &Place, migration: &Migration) -> Result<()> {
    let mut flight = statements(migration.sql);
    for statement in &mut flight {
        *statement = statement.replace("{t}", place.schema.as_str());
    }
    flight.push(place.note(std::slice::from_ref(migration)));
    let at = || {
        let Migration { version, name, .. } = migration;
        format!("migration {} {version} {name}", place.schema)
    };
    let failed = connection.pipeline(&flight).await?.err();
    failed.map_or(Ok(()), |(_, error)| Err(error.at(at())))
}

/// What is recorded in `schema`: version → checksum. Empty where nothing ever ran.
///
/// # Errors
/// The database's.
pub async fn versions(pool: &Pool, schema: &str) -> Result<BTreeMap<i32, i64>> {
    versions_recorded_in(pool, schema, LEDGER).await
}

/// The same of a tree that is recorded in a table of its own.
///
/// # Errors
/// The database's; a name that is no name of a table.
pub async fn versions_recorded_in(
    pool: &Pool,
    schema: &str,
    ledger: &str,
) -> Result<BTreeMap<i32, i64>> {
    let place = &Place::new(schema, ledger)?;
    let mut loan = pool.checkout(0).await?;
    let connection = loan.connection()?;
    let table = format!("{schema}.{ledger}");
    let there = connection
        .ask(
            "select to_regclass($1) is not null",
            &[Type::TEXT],
            &[&table],
        )
        .await?;
    if !there.rows.iter().any(|row| row.get::<_, bool>(0)) {
        return Ok(BTreeMap::new());
    }
    recorded(connection, place).await
}

/// Whether `known` is exactly what `migrations` would leave behind.
#[must_use]
pub fn is_current(known: &BTreeMap<i32, i64>, migrations: &[Migration]) -> bool {
    known.len() == migrations.len()
        && migrations
            .iter()
            .all(|m| known.get(&m.version) == Some(&m.checksum()))
}

async fn recorded(connection: &mut Connection, place: &Place) -> Result<BTreeMap<i32, i64>> {
    let Place { schema, ledger } = place;
    let text = format!("select version, checksum from {schema}.{ledger} order by 1");
    let found = connection.ask(&text, &[], &[]).await?;
    Ok(found
        .rows
        .iter()
        .map(|row| (row.get(0), row.get(1)))
        .collect())
}

fn check(place: &Place, known: &BTreeMap<i32, i64>, migrations: &[Migration]) -> Result<()> {
    let schema = &place.schema;
    for (version, checksum) in known {
        match migrations.iter().find(|m| m.version == *version) {
            None => {
                return Err(Error::Migration(format!(
                    "schema {schema} is at version {version}, which this binary does not know: \
                     run a newer one"
                )));
            }
            Some(ours) if ours.checksum() != *checksum => {
                return Err(Error::Migration(format!(
                    "schema {schema}: migration {version} ({}) was changed after it was applied",
                    ours.name
                )));
            }
            Some(_) => {}
        }
    }
    Ok(())
}
