//! A tenant's move from one schema to another, while it works.
//!
//! Each step is a transaction that begins by locking the move's row, so it can be cut off anywhere
//! and repeated by anybody. Rows are copied by key in batches, parents before children; what is
//! written meanwhile leaves its key in the source's `move_log`. A batch sees one snapshot: first it
//! brings over what was noted until then, so that a row's parents are always there.

mod clear;
mod compare;
pub mod rows;
mod shape;
mod text;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use bailiwick_pg::{Params, Pool, Row, Schema, ToSql, Tx, Type, sql};
use uuid::Uuid;

pub use compare::{Difference, Sum, differ};
pub use rows::{Move, Step};

use crate::tables::Table;
use crate::tenant::{Placement, TenantTx, step_into_as_mover};
use crate::{Error, Result, Store};

sql! {
    /// One snapshot for the whole transaction.
    ONE_SNAPSHOT() = "set transaction isolation level repeatable read";
    /// A commit of this transaction need not have reached the disk: what is lost is done again.
    HASTE() = "select set_config('synchronous_commit', 'off', true)";
    /// Rows are found in the order of their keys ([`text`]), and by one process: all others feel a
    /// scan. A statement that is repeated for each piece is planned once, for any piece.
    pub BY_KEY() = "
        select set_config('max_parallel_workers_per_gather', '0', true),
               set_config('enable_seqscan', 'off', true), set_config('enable_sort', 'off', true),
               set_config('enable_hashjoin', 'off', true),
               set_config('enable_mergejoin', 'off', true),
               set_config('plan_cache_mode', 'force_generic_plan', true)";
}

/// A transaction of a move, inside its tenant.
pub struct Mover {
    tx: TenantTx,
    tenant: Uuid,
    from: Schema,
    to: Schema,
    tables: Vec<Table>,
    /// Where the next pieces end that are to be emptied ([`Self::clear`]).
    ahead: VecDeque<Key>,
}

/// A row's key: its columns as text.
pub type Key = Vec<String>;

/// Rows after a key and up to another, where there are such keys.
pub type Range = (Option<Key>, Option<Key>);

/// In which order changes are brought over. Either may meet a constraint that the other does not: a
/// row that was deleted may hold a key that a new one has, and may still be pointed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// What is gone first.
    DeletesFirst,
    /// What is there first.
    WritesFirst,
}

impl Store {
    /// A transaction with the move's row locked, over what has no tenant. `None`: no move is open.
    /// With `one_snapshot` it sees one state, and fails (`40001`) where another has taken a step.
    ///
    /// # Errors
    /// The database's.
    pub async fn lock_move(
        &self,
        org: bailiwick_kernel::id::OrgId,
        one_snapshot: bool,
    ) -> Result<Option<(Tx, Move)>> {
        let mut tx = self.control().await?;
        if one_snapshot {
            tx.execute(&ONE_SNAPSHOT, &[]).await?;
        }
        let found = rows::lock(&mut tx, org).await?;
        Ok(found.map(|found| (tx, found)))
    }

    /// The tables of a schema, parents before children.
    ///
    /// # Errors
    /// The database's; a table that cannot be moved.
    pub async fn movable_tables(&self, schema: &Schema) -> Result<Vec<Table>> {
        let mut tx = self.control().await?;
        let tables = shape::tables(&mut tx, schema).await?;
        tx.commit().await?;
        Ok(tables)
    }

    /// Has the move's transaction enter the tenant.
    ///
    /// # Errors
    /// The database's; [`Error::Refused`] where the tenant does not live at `home` (any more).
    pub async fn enter_move(
        &self,
        tx: Tx,
        of: &Move,
        home: &Placement,
        tables: Vec<Table>,
    ) -> Result<Mover> {
        let tenant = of.org.uuid();
        let mut tx = step_into_as_mover(self, tx, home).await?;
        tx.control().query(&BY_KEY, &[]).await?;
        Ok(Mover {
            tx,
            tenant,
            from: of.from.clone(),
            to: of.to.clone(),
            tables,
            ahead: VecDeque::new(),
        })
    }
}

impl Mover {
    /// The source's tables, parents before children.
    #[must_use]
    pub fn tables(&self) -> &[Table] {
        &self.tables
    }

    /// The transaction, for what is written beside.
    pub fn control(&mut self) -> &mut Tx {
        self.tx.control()
    }

    /// Gives the transaction back, to be committed.
    #[must_use]
    pub fn into_inner(self) -> TenantTx {
        self.tx
    }

    /// Lets the commit come back before it has reached the disk.
    ///
    /// # Errors
    /// The database's.
    pub async fn haste(&mut self) -> Result<()> {
        self.control().query(&HASTE, &[]).await?;
        Ok(())
    }

    async fn ask(
        &mut self,
        text: &str,
        types: &[Type],
        params: &Params<'_>,
    ) -> Result<(Vec<Row>, u64)> {
        self.tx.control().ask(text, types, params).await
    }

    /// The keys where at most `pieces` pieces of so many rows end, in one of the homes, after a key.
    /// Fewer: what follows the last of them is less than a piece.
    ///
    /// # Errors
    /// The database's.
    pub async fn ends(
        &mut self,
        (table, home): (&Table, Home),
        after: Option<&Key>,
        rows: i64,
        pieces: i64,
    ) -> Result<Vec<Key>> {
        let text = table.ends(self.schema(home), after.is_some());
        let types = [Type::UUID, Type::TEXT_ARRAY, Type::INT8, Type::INT8];
        let (tenant, all) = (self.tenant, rows.saturating_mul(pieces));
        let params: [&(dyn ToSql + Sync); 4] = [&tenant, &after, &rows, &all];
        let (found, _) = self.ask(&text, &types, &params).await?;
        let ends = found
            .iter()
            .map(|row| Ok((row.try_get::<_, i64>(0)?, row.try_get(1)?)));
        let ends: BTreeMap<i64, Key> = ends.collect::<Result<_>>()?;
        Ok(ends.into_values().collect())
    }

    /// Copies a range of a table's rows. Answers how many.
    ///
    /// # Errors
    /// The database's.
    pub async fn copy(&mut self, table: &Table, range: &Range) -> Result<u64> {
        let text = table.copy(&self.from, &self.to, bounds(range));
        let (_, copied) = self.ask_range(&text, range).await?;
        Ok(copied)
    }

    async fn ask_range(&mut self, text: &str, (after, upto): &Range) -> Result<(Vec<Row>, u64)> {
        let types = [Type::UUID, Type::TEXT_ARRAY, Type::TEXT_ARRAY];
        let tenant = self.tenant;
        self.ask(text, &types, &[&tenant, after, upto]).await
    }

    fn schema(&self, home: Home) -> &Schema {
        match home {
            Home::Source => &self.from,
            Home::Target => &self.to,
        }
    }

    /// Brings over at most `limit` of what was noted, as it is now; of the tables up to the one
    /// named, since the later ones are still to be copied whole. Answers how much was noted.
    ///
    /// # Errors
    /// The database's: a constraint that [`Order`] speaks of; [`Error::Refused`] where a table was
    /// written to that is not one of [`Self::tables`] (a migration made it): read them again.
    pub async fn catch_up(
        &mut self,
        limit: i64,
        until: Option<&str>,
        order: Order,
    ) -> Result<CaughtUp> {
        let tenant = self.tenant;
        let text = text::take_noted(&self.from);
        let (rows, _) = self
            .ask(&text, &[Type::UUID, Type::INT8], &[&tenant, &limit])
            .await?;
        let mut noted: BTreeMap<String, BTreeSet<Vec<String>>> = BTreeMap::new();
        for row in &rows {
            let keys = noted.entry(row.try_get(0)?).or_default();
            keys.insert(row.try_get(1)?);
        }
        let is_known = |name: &String| self.tables.iter().any(|table| table.name == *name);
        if !noted.keys().all(is_known) {
            return Err(Error::Refused);
        }
        let mut changed = Vec::new();
        for table in self.tables.clone() {
            if let Some(keys) = noted.remove(&table.name) {
                let there = self.present(&table, &keys).await?;
                changed.push((table.clone(), keys, there));
            }
            if until == Some(table.name.as_str()) {
                break;
            }
        }
        match order {
            Order::DeletesFirst => {
                self.delete(&changed).await?;
                self.write(&changed).await?;
            }
            Order::WritesFirst => {
                self.write(&changed).await?;
                self.delete(&changed).await?;
            }
        }
        Ok(CaughtUp {
            noted: rows.len(),
            changed,
        })
    }

    async fn present(
        &mut self,
        table: &Table,
        keys: &BTreeSet<Vec<String>>,
    ) -> Result<BTreeSet<Vec<String>>> {
        let text = table.present(&self.from);
        let (rows, _) = self.ask_for(&text, table, keys).await?;
        rows.iter().map(|row| row.try_get(0)).collect()
    }

    async fn ask_for(
        &mut self,
        text: &str,
        table: &Table,
        keys: &BTreeSet<Vec<String>>,
    ) -> Result<(Vec<Row>, u64)> {
        let columns = by_column(keys, table.key.len());
        let tenant = self.tenant;
        let mut params: Vec<&(dyn ToSql + Sync)> = vec![&tenant];
        let mut types = vec![Type::UUID];
        for column in &columns {
            params.push(column);
            types.push(Type::TEXT_ARRAY);
        }
        self.tx.control().ask(text, &types, &params).await
    }

    async fn delete(&mut self, changed: &[Changed]) -> Result<()> {
        for (table, keys, there) in changed.iter().rev() {
            let (text, tenant) = (table.remove(&self.to), self.tenant);
            for key in keys.difference(there) {
                let types = [Type::UUID, Type::TEXT_ARRAY];
                self.ask(&text, &types, &[&tenant, key]).await?;
            }
        }
        Ok(())
    }

    async fn write(&mut self, changed: &[Changed]) -> Result<()> {
        for (table, _, there) in changed {
            if !there.is_empty() {
                let text = table.refresh(&self.from, &self.to);
                self.ask_for(&text, table, there).await?;
            }
        }
        Ok(())
    }

    /// Whether both homes are at the same version, by each of `ledgers`.
    ///
    /// # Errors
    /// The database's.
    pub async fn is_level(&mut self, ledgers: &[String]) -> Result<bool> {
        for ledger in ledgers {
            let mut versions = Vec::with_capacity(2);
            for schema in [self.from.clone(), self.to.clone()] {
                let ledger = Schema::new(ledger).map_err(|e| Error::Config(e.to_string()))?;
                let text = text::version(&schema, &ledger);
                let (rows, _) = self.ask(&text, &[], &[]).await?;
                versions.push(first::<String>(&rows)?);
            }
            if versions.first() != versions.last() {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// How many rows the tenant has at the source.
    ///
    /// # Errors
    /// The database's.
    pub async fn count(&mut self) -> Result<i64> {
        let mut total = 0;
        for table in self.tables.clone() {
            let text = table.count(&self.from);
            let tenant = self.tenant;
            let (rows, _) = self.ask(&text, &[Type::UUID], &[&tenant]).await?;
            total += first::<i64>(&rows)?;
        }
        Ok(total)
    }
}

/// Has the statistics of a table taken anew, without haste. `table` stands as the catalog quotes it.
///
/// # Errors
/// The database's: somebody holds the table for longer than a second.
pub async fn analyze(owner: &Pool, schema: &Schema, table: &str) -> Result<()> {
    let text = format!(
        "set local lock_timeout = '1s'; set local vacuum_cost_delay = '2ms'; analyze {schema}.{table}"
    );
    owner.batch(&text).await
}

/// One of a move's two schemas.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Home {
    /// Where the tenant lived when the move began.
    Source,
    /// Where it is to live.
    Target,
}

/// A table, the keys that were noted, and those of them that are there.
type Changed = (Table, BTreeSet<Vec<String>>, BTreeSet<Vec<String>>);

/// What was brought over.
pub struct CaughtUp {
    /// How much was noted.
    pub noted: usize,
    changed: Vec<Changed>,
}

fn by_column(keys: &BTreeSet<Vec<String>>, width: usize) -> Vec<Vec<&str>> {
    let column = |at| {
        let parts = keys.iter().filter_map(move |key: &Vec<String>| key.get(at));
        parts.map(String::as_str).collect()
    };
    (0..width).map(column).collect()
}

fn bounds((after, upto): &Range) -> text::Bounds {
    (after.is_some(), upto.is_some())
}

fn first<'a, T: bailiwick_pg::FromSql<'a>>(rows: &'a [Row]) -> Result<T> {
    let none = || Error::Config("a sum answered no row".to_owned());
    rows.first().ok_or_else(none)?.try_get(0)
}
