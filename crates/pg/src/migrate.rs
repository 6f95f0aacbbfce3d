//! Forward-only migrations, recorded in the schema that they change.

use std::collections::BTreeMap;

use crate::connection::Connection;
use crate::{Error, Pool, Result, Schema, Type};

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
        let hash = self
            .sql
            .bytes()
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
            });
        hash.cast_signed()
    }
}

/// Brings `schema`, which must exist, to the newest of `migrations`. Safe to repeat and to run
/// from several processes at once: they queue on an advisory lock. Answers how many were applied.
///
/// # Errors
/// A migration's own; a recorded one that differs from ours, or is newer than all of ours.
pub async fn run(pool: &Pool, schema: &str, migrations: &[Migration]) -> Result<usize> {
    run_recorded_in(pool, schema, LEDGER, migrations).await
}

/// The same for a second tree in one schema, recorded in a table of its own.
///
/// # Errors
/// As [`run`]; a name that is no name of a table.
pub async fn run_recorded_in(
    pool: &Pool,
    schema: &str,
    ledger: &str,
    migrations: &[Migration],
) -> Result<usize> {
    let place = &Place::new(schema, ledger)?;
    let mut loan = pool.checkout(0).await?;
    let connection = loan.connection()?;
    let mut applied = 0;
    for migration in migrations {
        match step(connection, place, migration, migrations).await {
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
}

/// One transaction a step: the lock, the look and the change belong together. `true` where it was
/// not recorded before. The caller rolls back what failed.
async fn step(
    connection: &mut Connection,
    place: &Place,
    migration: &Migration,
    migrations: &[Migration],
) -> Result<bool> {
    let Place { schema, ledger } = place;
    let begin = format!(
        "begin; {} create table if not exists {schema}.{ledger} (\
           version int primary key, name text not null, checksum bigint not null, \
           applied_at timestamptz not null default now());",
        lock(schema)
    );
    connection.batch(&begin).await?;
    let known = recorded(connection, place).await?;
    check(place, &known, migrations)?;
    let is_new = !known.contains_key(&migration.version);
    if is_new {
        apply(connection, place, migration).await?;
    }
    connection.batch("commit").await?;
    Ok(is_new)
}

/// Runs a migration's statements, one a message, and records it.
async fn apply(connection: &mut Connection, place: &Place, migration: &Migration) -> Result<()> {
    let Place { schema, ledger } = place;
    for statement in statements(migration.sql) {
        let statement = statement.replace("{t}", schema.as_str());
        connection.batch(&statement).await.map_err(|error| {
            let at = format!("{schema} {} {}", migration.version, migration.name);
            Error::Migration(format!("migration {at}: {error}"))
        })?;
    }
    let insert =
        format!("insert into {schema}.{ledger} (version, name, checksum) values ($1, $2, $3)");
    let Migration { version, name, .. } = migration;
    let types = [Type::INT4, Type::TEXT, Type::INT8];
    connection
        .ask(&insert, &types, &[version, name, &migration.checksum()])
        .await?;
    Ok(())
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

/// Splits at `;` that end a line, except between the `$$` of a function's body.
fn statements(sql: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut current = String::new();
    let mut in_body = false;
    for line in sql.lines() {
        if !in_body && line.trim_start().starts_with("--") {
            continue;
        }
        if line.matches("$$").count() % 2 == 1 {
            in_body = !in_body;
        }
        current.push_str(line);
        current.push('\n');
        if !in_body && line.trim_end().ends_with(';') {
            found.push(std::mem::take(&mut current));
        }
    }
    if !current.trim().is_empty() {
        found.push(current);
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn statements_are_split_outside_of_bodies() {
        let sql = "-- a comment;\ncreate table a (x int);\ncreate function f() returns int as $$\nbegin\n  return 1;\nend $$ language plpgsql;\nselect 1";
        assert_eq!(statements(sql).len(), 3);
    }
}
