//! Emptying one of a move's two homes, piece by piece.

use bailiwick_pg::{Schema, Type};

use super::{Home, Key, Move, Mover, bounds, text};
use crate::Result;
use crate::tables::Table;

/// Ends of so many pieces are looked up at once.
const AHEAD: i64 = 20;

impl Mover {
    /// Deletes the next `limit` of the tenant's rows in one of the homes, children first, then what
    /// was noted there. Begins where `of` says, and says there where to go on: from the first row
    /// each time it would pass over all that was deleted before. Answers how many; 0: nothing is
    /// left, as a look from the first row on has shown. Of one transaction all pieces are of one home
    /// and as large as the first.
    ///
    /// # Errors
    /// The database's.
    pub async fn clear(&mut self, home: Home, of: &mut Move, limit: i64) -> Result<u64> {
        let schema = self.schema(home).clone();
        let children_first: Vec<Table> = self.tables.iter().rev().cloned().collect();
        let is_on = |table: &Table| of.at_table.as_ref() == Some(&table.name);
        let went_on_at = children_first.iter().position(is_on);
        let (mut at, mut is_whole) = (went_on_at.unwrap_or(0), went_on_at.is_none());
        while let Some(table) = children_first.get(at) {
            let after = of.after_key.take();
            let upto = self.end_ahead((table, home), after.as_ref(), limit).await?;
            let range = (after, upto);
            let text = table.clear(&schema, bounds(&range));
            let (_, gone) = self.ask_range(&text, &range).await?;
            let (_, upto) = range;
            if upto.is_none() {
                at += 1;
            }
            of.at_table = children_first.get(at).map(|table| table.name.clone());
            of.after_key = upto;
            if gone > 0 {
                return Ok(gone);
            }
            if at == children_first.len() && !is_whole {
                (at, is_whole) = (0, true);
            }
        }
        self.forget(&schema, limit).await
    }

    /// Where the next piece ends; `None` where less than a piece is left.
    async fn end_ahead(
        &mut self,
        of: (&Table, Home),
        after: Option<&Key>,
        limit: i64,
    ) -> Result<Option<Key>> {
        if self.ahead.is_empty() {
            self.ahead = self.ends(of, after, limit, AHEAD).await?.into();
        }
        Ok(self.ahead.pop_front())
    }

    /// Deletes at most `limit` of what was noted at the source.
    ///
    /// # Errors
    /// The database's.
    pub async fn forget_noted(&mut self, limit: i64) -> Result<u64> {
        let schema = self.from.clone();
        self.forget(&schema, limit).await
    }

    async fn forget(&mut self, schema: &Schema, limit: i64) -> Result<u64> {
        let tenant = self.tenant;
        let text = text::take_noted(schema);
        let (rows, _) = self
            .ask(&text, &[Type::UUID, Type::INT8], &[&tenant, &limit])
            .await?;
        Ok(rows.len() as u64)
    }
}
