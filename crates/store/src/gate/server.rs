//! The server's own limits, against the number of tables.

use bailiwick_pg::sql;

use super::Finding;
use crate::{Result, Store};

sql! {
    /// How many locks fit, and how many tables there are. Beside each table stand the table of its
    /// long values and that one's index, which go with it.
    LOCKS() = "
        select current_setting('max_locks_per_transaction')::int8,
               current_setting('max_connections')::int8 + current_setting('max_prepared_transactions')::int8,
               coalesce(sum(tables), 0)::int8, coalesce(max(relations), 0)::int8
        from (
          select count(*) filter (where c.relkind in ('r', 'p')) as tables,
                 count(*) + sum(case when c.reltoastrelid = 0 then 0 else 2 end) as relations
          from pg_catalog.pg_namespace n join pg_catalog.pg_class c on c.relnamespace = n.oid
          where n.nspname = 'control' or n.nspname like 'tenant\\_%' group by n.oid) as schemas";
}

/// What the lock table must hold: at least everything of one schema, or none can be made or removed
/// (each relation is locked until the transaction ends); better every table at once, since that is
/// what `pg_dump` locks. Two fifths of it are left to the others.
pub(super) async fn look(store: &Store) -> Result<Vec<Finding>> {
    let row = store.pool().query_one(&LOCKS, &[]).await?;
    let (each, transactions) = (row.try_get(0)?, row.try_get(1)?);
    Ok(locks(each, transactions, row.try_get(2)?, row.try_get(3)?))
}

fn locks(each: i64, transactions: i64, tables: i64, largest: i64) -> Vec<Finding> {
    let share = |locks: i64| locks.saturating_mul(5) / 3;
    let fits = |locks: i64| share(locks) <= each.saturating_mul(transactions);
    // Doubled from what there is, so that it is not to be done again with the next tenant.
    let enough = |locks: i64| {
        let mut enough = each.max(1);
        while enough.saturating_mul(transactions) < share(locks) {
            enough = enough.saturating_mul(2);
        }
        format!("alter system set max_locks_per_transaction = {enough}; then restart PostgreSQL")
    };
    let room = each.saturating_mul(transactions);
    if !fits(largest) {
        return vec![Finding::refusal(
            format!(
                "the server has room for {room} locks, and one schema has {largest} relations: \
                 it could be neither made nor removed"
            ),
            enough(largest.max(tables)),
        )];
    }
    if !fits(tables) {
        return vec![Finding::advice(
            format!(
                "the server has room for {room} locks and {tables} tables: pg_dump, which locks all of \
                 them, would fail, and others with it"
            ),
            enough(tables),
        )];
    }
    Vec::new()
}

#[cfg(test)]
mod tests {
    use super::super::Weight;
    use super::*;

    #[test]
    fn all_tables_should_fit_and_one_schema_must() {
        // PostgreSQL's own defaults: 64 locks for each of 100 transactions.
        assert_eq!(locks(64, 100, 3_840, 50), []);
        let tight = locks(64, 100, 60_000, 50);
        assert_eq!(tight[0].weight, Weight::Advice);
        assert!(tight[0].remedy.contains("= 1024;"), "{tight:?}");
        let hopeless = locks(10, 4, 60, 50);
        assert_eq!(hopeless[0].weight, Weight::Refusal);
        assert!(hopeless[0].remedy.contains("= 40;"), "{hopeless:?}");
    }
}
