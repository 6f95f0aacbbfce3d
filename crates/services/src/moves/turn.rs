//! What a run of a move's job keeps from step to step, and how it leaves room for everybody else.

use std::time::Instant;

use bailiwick_pg::Schema;
use bailiwick_store::tables::Table;

use super::Went;
use crate::{App, Result};

/// Rows that one statement writes, and that one compares: three milliseconds of work, so that nobody
/// waits long for a processor or for the log.
pub(super) const WRITTEN_AT_ONCE: i64 = 100;
pub(super) const COMPARED_AT_ONCE: i64 = 300;

/// A run of the job.
pub(super) struct Turn {
    tables: Option<(Schema, Vec<Table>)>,
    rest: u32,
    since: Instant,
}

impl Turn {
    /// One that has rested.
    pub fn new(app: &App) -> Self {
        Self {
            tables: None,
            rest: app.settings().moves.rest,
            since: Instant::now(),
        }
    }

    /// The tables of `schema`, read once in a run: the catalog of a large fleet takes as long to
    /// read as a batch to copy. A table that comes meanwhile is noticed by what is noted of it.
    pub async fn tables(&mut self, app: &App, schema: &Schema) -> Result<Vec<Table>> {
        if let Some((of, tables)) = &self.tables
            && of == schema
        {
            return Ok(tables.clone());
        }
        let tables = app.store().movable_tables(schema).await?;
        self.tables = Some((schema.clone(), tables.clone()));
        Ok(tables)
    }

    /// What was read does not hold any more.
    pub fn forget(&mut self) {
        self.tables = None;
    }

    /// Work begins, after a rest or where there was none to do.
    pub fn begin(&mut self) {
        self.since = Instant::now();
    }

    /// Rests in the middle of the work, in proportion to what was done.
    pub async fn pause(&mut self) {
        tokio::time::sleep(self.since.elapsed() * self.rest).await;
        self.begin();
    }

    /// The rest that is due after the work.
    pub fn over(&self) -> Went {
        Went::On(self.since.elapsed() * self.rest)
    }
}
