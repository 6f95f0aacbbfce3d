//! Comparing a move's two homes, by how many rows there are and the sum of their hashes.

use std::collections::BTreeSet;

use bailiwick_pg::Row;

use super::{CaughtUp, Home, Key, Mover, Range, bounds};
use crate::tables::Table;
use crate::{Error, Result};

/// How two homes differ.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The table.
    pub table: String,
    /// Rows at the source and at the target.
    pub rows: (i64, i64),
}

/// How many rows there are, and the sum of their hashes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sum(i64, String);

impl Mover {
    /// Compares what was just brought over, row by row.
    ///
    /// # Errors
    /// The database's.
    pub async fn compare_changed(&mut self, caught: &CaughtUp) -> Result<Option<Difference>> {
        for (table, keys, _) in &caught.changed {
            let source = self.sum_of_keys(table, Home::Source, keys).await?;
            let target = self.sum_of_keys(table, Home::Target, keys).await?;
            if let Some(difference) = differ(table, &source, &target) {
                return Ok(Some(difference));
            }
        }
        Ok(None)
    }

    async fn sum_of_keys(
        &mut self,
        table: &Table,
        home: Home,
        keys: &BTreeSet<Key>,
    ) -> Result<Sum> {
        let text = table.sum_of_keys(self.schema(home));
        let (rows, _) = self.ask_for(&text, table, keys).await?;
        sum(&rows)
    }

    /// The sum of a range of a table's rows in one of the homes.
    ///
    /// # Errors
    /// The database's.
    pub async fn sum(&mut self, table: &Table, home: Home, range: &Range) -> Result<Sum> {
        let text = table.sum_of_range(self.schema(home), bounds(range));
        let (rows, _) = self.ask_range(&text, range).await?;
        sum(&rows)
    }
}

fn sum(rows: &[Row]) -> Result<Sum> {
    let none = || Error::Config("a sum answered no row".to_owned());
    let row = rows.first().ok_or_else(none)?;
    Ok(Sum(row.try_get(0)?, row.try_get(1)?))
}

/// How the same rows differ at the source and at the target, where they do.
#[must_use]
pub fn differ(table: &Table, source: &Sum, target: &Sum) -> Option<Difference> {
    (source != target).then(|| Difference {
        table: table.name.clone(),
        rows: (source.0, target.0),
    })
}
