//! All that a schema lacks, in one transaction and one flight: a fleet of schemas is made and
//! migrated one by one, and each costs a few round trips whatever the number of its statements.

use std::collections::BTreeMap;
use std::time::Duration;

use super::{Migration, Place, begin, check, lock, patience, statements};
use crate::connection::Connection;
use crate::{Pool, Result, Schema, Type};

/// A tree of migrations, and the table of a schema that says which of them ran.
#[derive(Debug, Clone)]
pub struct Tree {
    /// The table's name.
    pub ledger: String,
    /// The migrations, from version 1.
    pub migrations: &'static [Migration],
}

/// What is done to one schema.
#[derive(Debug)]
pub struct Batch<'a> {
    /// The schema.
    pub schema: &'a Schema,
    /// Its trees, in the order in which they are applied.
    pub trees: &'a [Tree],
    /// The roles that may read which migrations ran, as `GRANT` names them.
    pub readers: &'a str,
    /// Sent last, in the same transaction: what is noted of the schema elsewhere.
    pub note: &'a str,
    /// Whether the schema, when it is made, comes to lie on any node of a Citus cluster, and not on
    /// the coordinator. Elsewhere it means nothing.
    pub is_spread: bool,
    /// How long one statement may wait for a lock before all of it is undone.
    pub lock_timeout: Option<Duration>,
}

/// On Citus every foreign key of a new table is checked, though there is no row yet, and by a query
/// that `row_security = off` refuses where the other table forces a policy. So there, within the
/// migration, policies hide instead. What would be hidden from a migration that reads or writes rows
/// stops it on every other PostgreSQL.
const KEYS_OF_NEW_TABLES: &str = "do $$ begin \
    if current_setting('citus.version', true) is not null then \
      perform set_config('citus.propagate_set_commands', 'local', true); \
      execute 'set local row_security = on'; \
    end if; end $$";

/// Makes the schema with everything in it: one flight. Answers how many migrations were applied.
///
/// # Errors
/// A migration's own, and nothing is there then; `42P06` where the schema is there already.
pub async fn make(pool: &Pool, batch: &Batch<'_>) -> Result<usize> {
    let schema = batch.schema;
    let mut flight = Script::default();
    flight.add("begin", "begin".to_owned());
    if let Some(timeout) = batch.lock_timeout {
        flight.add("begin", patience(timeout));
    }
    flight.add("begin", lock(schema));
    if batch.is_spread {
        let spread = "set local citus.enable_schema_based_sharding = on";
        flight.add("create schema", spread.to_owned());
    }
    flight.add("create schema", format!("create schema {schema}"));
    flight.add("begin", KEYS_OF_NEW_TABLES.to_owned());
    let mut applied = 0;
    for tree in batch.trees {
        let place = Place::new(schema.as_str(), &tree.ledger)?;
        applied += flight.bring(&place, Before::NotThere, tree, batch.readers);
    }
    flight.end(batch.note);
    let mut loan = pool.checkout(0).await?;
    flight.send(loan.connection()?, schema).await?;
    Ok(applied)
}

/// Brings a schema that is there to the newest of all trees, in one transaction, and notes it in
/// any case. Answers how many migrations were applied; none where the schema is not there.
///
/// # Errors
/// A migration's own; a recorded one that differs from ours, or is newer than all of ours. Nothing
/// of it stays then.
pub async fn upgrade(pool: &Pool, batch: &Batch<'_>) -> Result<Option<usize>> {
    let mut loan = pool.checkout(0).await?;
    let connection = loan.connection()?;
    let done = bring(connection, batch).await;
    if !matches!(done, Ok(Some(_))) && !connection.wire.is_broken() {
        connection.batch("rollback").await?;
    }
    done
}

async fn bring(connection: &mut Connection, batch: &Batch<'_>) -> Result<Option<usize>> {
    let schema = batch.schema;
    begin(connection, schema, batch.lock_timeout).await?;
    let Some(before) = look(connection, batch).await? else {
        return Ok(None);
    };
    let mut flight = Script::default();
    flight.add("begin", KEYS_OF_NEW_TABLES.to_owned());
    let mut applied = 0;
    for (tree, before) in batch.trees.iter().zip(before) {
        let place = Place::new(schema.as_str(), &tree.ledger)?;
        if let Before::There { versions, .. } = &before {
            check(&place, versions, tree.migrations)?;
        }
        applied += flight.bring(&place, before, tree, batch.readers);
    }
    flight.end(batch.note);
    flight.send(connection, schema).await?;
    Ok(Some(applied))
}

/// What stands in the place of a ledger.
enum Before {
    NotThere,
    There {
        versions: BTreeMap<i32, i64>,
        is_shown: bool,
    },
}

/// What ran, tree by tree; none where there is no such schema.
async fn look(connection: &mut Connection, batch: &Batch<'_>) -> Result<Option<Vec<Before>>> {
    let Batch { schema, trees, .. } = batch;
    let names: Vec<&str> = trees.iter().map(|tree| tree.ledger.as_str()).collect();
    let text = "select n.oid is not null, c.relname::text, c.relacl is not null \
                from (select to_regnamespace($1)::oid as oid) n left join pg_catalog.pg_class c \
                on c.relnamespace = n.oid and c.relname = any ($2)";
    let types = [Type::TEXT, Type::TEXT_ARRAY];
    let found = connection
        .ask(text, &types, &[&schema.as_str(), &names])
        .await?;
    let mut there = BTreeMap::new();
    for row in &found.rows {
        if !row.try_get::<_, bool>(0)? {
            return Ok(None);
        }
        if let Some(name) = row.try_get::<_, Option<String>>(1)? {
            there.insert(name, row.try_get::<_, bool>(2)?);
        }
    }
    let mut before: Vec<Before> = Vec::with_capacity(trees.len());
    for tree in *trees {
        before.push(match there.get(&tree.ledger) {
            None => Before::NotThere,
            Some(is_shown) => Before::There {
                versions: BTreeMap::new(),
                is_shown: *is_shown,
            },
        });
    }
    let read: Vec<String> = (0..)
        .zip(trees.iter())
        .filter(|(_, tree)| there.contains_key(&tree.ledger))
        .map(|(i, Tree { ledger, .. })| {
            format!("select {i}::int, version, checksum from {schema}.{ledger}")
        })
        .collect();
    if read.is_empty() {
        return Ok(Some(before));
    }
    for row in connection
        .ask(&read.join(" union all "), &[], &[])
        .await?
        .rows
    {
        let at = usize::try_from(row.try_get::<_, i32>(0)?).unwrap_or(usize::MAX);
        if let Some(Before::There { versions, .. }) = before.get_mut(at) {
            versions.insert(row.try_get(1)?, row.try_get(2)?);
        }
    }
    Ok(Some(before))
}

/// Statements, each with what it belongs to.
#[derive(Default)]
struct Script {
    texts: Vec<String>,
    whats: Vec<String>,
}

impl Script {
    fn add(&mut self, what: &str, text: String) {
        self.whats.push(what.to_owned());
        self.texts.push(text);
    }

    /// What a tree lacks, with its ledger. Answers how many migrations that is.
    fn bring(&mut self, place: &Place, before: Before, tree: &Tree, readers: &str) -> usize {
        let Place { schema, ledger } = place;
        let (versions, is_shown) = match before {
            Before::There { versions, is_shown } => (versions, is_shown),
            Before::NotThere => {
                self.add(ledger.as_str(), place.create());
                (BTreeMap::new(), false)
            }
        };
        if !is_shown {
            let grant = format!("grant select on {schema}.{ledger} to {readers}");
            self.add(ledger.as_str(), grant);
        }
        let mut applied = Vec::new();
        for migration in tree.migrations {
            if versions.contains_key(&migration.version) {
                continue;
            }
            let what = format!("{} {}", migration.version, migration.name);
            for statement in statements(migration.sql) {
                self.add(&what, statement.replace("{t}", schema.as_str()));
            }
            applied.push(*migration);
        }
        if !applied.is_empty() {
            self.add(ledger.as_str(), place.note(&applied));
        }
        applied.len()
    }

    fn end(&mut self, note: &str) {
        self.add("note", note.to_owned());
        self.add("commit", "commit".to_owned());
    }

    async fn send(&self, connection: &mut Connection, schema: &Schema) -> Result<()> {
        let Err((at, error)) = connection.pipeline(&self.texts).await? else {
            return Ok(());
        };
        let what = self.whats.get(at).map_or("", String::as_str);
        Err(error.at(format!("migration {schema} {what}")))
    }
}
