//! What a run of a move's job keeps from step to step, and how it leaves room for everybody else.

use std::time::{Duration, Instant};

use bailiwick_pg::Schema;
use bailiwick_store::tables::Table;

use super::Went;
use crate::{App, Result};

/// So long a piece of the work takes: whoever needs the processor, or the log, waits no longer.
const PIECE: Duration = Duration::from_micros(1200);
/// A piece that was in somebody's way for longer is not followed by a rest as long.
const REST_MAX: Duration = Duration::from_secs(1);
/// A piece waits for so long at most until nobody else asks anything of the database through this
/// server, and looks so often whether that is so.
const WAY_MAX: Duration = Duration::from_millis(20);
const WAY_LOOK: Duration = Duration::from_millis(1);
/// Rows of a piece, at first, at least, and at most.
const ROWS: i64 = 50;
const ROWS_MIN: i64 = 15;
const ROWS_MAX: i64 = 1000;

/// A run of the job.
pub(super) struct Turn {
    app: App,
    tables: Option<(Schema, Vec<Table>)>,
    rest: u32,
    rows: i64,
    since: Instant,
}

impl Turn {
    /// One that has rested.
    pub fn new(app: &App) -> Self {
        Self {
            app: app.clone(),
            tables: None,
            rest: app.settings().moves.rest,
            rows: ROWS,
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

    /// How many rows a piece has, of a batch of at most so many.
    pub fn rows(&self, batch: i64) -> i64 {
        self.rows.min(batch)
    }

    /// Learns from how long `rows` took since the last rest: what takes longer, on a slower machine or
    /// a busy one, is done in smaller pieces from here on.
    pub fn learn(&mut self, rows: i64) {
        self.rows = rows_next(self.rows, rows, self.since.elapsed());
    }

    /// Rests in proportion to what was done since the last rest, and then for as long as somebody is
    /// served: a piece that begins between two requests is in fewer ways than one that joins them.
    pub async fn rest(&mut self) {
        tokio::time::sleep(self.due()).await;
        if self.rest > 0 {
            self.give_way().await;
        }
        self.begin();
    }

    async fn give_way(&self) {
        let until = Instant::now() + WAY_MAX;
        while self.app.serves_others() && Instant::now() < until {
            tokio::time::sleep(WAY_LOOK).await;
        }
    }

    /// The rest that is due after the work.
    pub fn over(&self) -> Went {
        Went::On(self.due())
    }

    fn due(&self) -> Duration {
        (self.since.elapsed() * self.rest).min(REST_MAX)
    }
}

/// A quarter of the way from `now` to as many as take [`PIECE`], where `rows` took so long: a single
/// one that had to wait says little.
fn rows_next(now: i64, rows: i64, took: Duration) -> i64 {
    let in_us = |time: Duration| i64::try_from(time.as_micros()).unwrap_or(i64::MAX);
    let ideal = rows.saturating_mul(in_us(PIECE)) / in_us(took).max(1);
    let ideal = ideal.clamp(ROWS_MIN, ROWS_MAX);
    (now + (ideal - now).div_euclid(4)).clamp(ROWS_MIN, ROWS_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pieces_become_as_large_as_there_is_time_for() {
        let each = |us: u64| {
            let took = |rows: i64| Duration::from_micros(us * rows.unsigned_abs());
            (0..40).fold(ROWS, |rows, _| rows_next(rows, rows, took(rows)))
        };
        assert!((115..=120).contains(&each(10)), "{}", each(10));
        assert!(each(1) > ROWS_MAX - 4);
        assert_eq!(each(1000), ROWS_MIN);
    }

    #[test]
    fn one_that_had_to_wait_changes_little() {
        assert_eq!(rows_next(100, 100, Duration::MAX), 78);
        assert_eq!(rows_next(100, 100, Duration::ZERO), 325);
        assert_eq!(rows_next(20, 50, PIECE), 27);
    }
}
