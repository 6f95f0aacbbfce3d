//! Copying, and then comparing: a batch in one snapshot, after what was noted until then.

use std::time::Duration;

use bailiwick_store::moves::rows::{self, Standing};
use bailiwick_store::moves::{Difference, Home, Key, Move, Mover, Order, Range, Step, differ};
use bailiwick_store::tables::Table;
use bailiwick_store::{self as store};

use super::turn::Turn;
use super::{Went, is_constraint, restart};
use crate::{App, Error, Result};

/// Noted keys that are brought over in one transaction.
pub(super) const NOTED_MAX: i64 = 2000;
/// The same where a row among them points to one that was noted as well and is not among them.
const NOTED_ALL: i64 = 1_000_000;

/// In which order, and how much at a time; the next where a constraint was in the way.
const TRIES: [(Order, i64); 4] = [
    (Order::DeletesFirst, NOTED_MAX),
    (Order::WritesFirst, NOTED_MAX),
    (Order::DeletesFirst, NOTED_ALL),
    (Order::WritesFirst, NOTED_ALL),
];

/// Ends of so many pieces are looked up at once.
const PIECES: i64 = 20;

/// What came of a batch.
enum Batch {
    Done,
    /// All of this table is there.
    Copied(String),
    /// Why the copying must begin again.
    Amiss(String),
}

/// One batch of the table that is on.
pub(super) async fn run(
    app: &App,
    turn: &mut Turn,
    standing: &Standing,
    open: &Move,
) -> Result<Went> {
    let tables = turn.tables(app, &open.from).await?;
    let mut outcome = Err(store::Error::Poisoned);
    for how in TRIES {
        outcome = batch(app, turn, standing, open, tables.clone(), how).await;
        if !outcome.as_ref().is_err_and(is_constraint) {
            break;
        }
    }
    match outcome {
        Ok(Batch::Done) => Ok(turn.over()),
        Ok(Batch::Copied(table)) => {
            analyze(app, open, &table).await;
            Ok(turn.over())
        }
        Ok(Batch::Amiss(why)) => restart(app, open, &why).await,
        Err(error) if is_constraint(&error) => restart(app, open, &error.to_string()).await,
        Err(error) => Err(error.into()),
    }
}

/// Who reads the table from now on, a comparison first, is planned for by what is in it. Where that
/// does not come about, autovacuum sees to it within minutes.
async fn analyze(app: &App, open: &Move, table: &str) {
    let Some(owner) = app.owner() else { return };
    if let Err(error) = store::moves::analyze(owner, &open.to, table).await {
        tracing::info!(%error, tenantId = %open.org, table, "a table that was filled is not analyzed yet");
    }
}

async fn batch(
    app: &App,
    turn: &mut Turn,
    standing: &Standing,
    open: &Move,
    tables: Vec<Table>,
    (order, noted_max): (Order, i64),
) -> store::Result<Batch> {
    let Some((tx, mut held)) = app.store().lock_move(open.org, true).await? else {
        return Ok(Batch::Done);
    };
    if held.id != open.id || held.step != open.step {
        return Ok(Batch::Done);
    }
    let Some(name) = held.at_table.clone() else {
        pass(&mut held, &tables, None);
        let mut tx = tx;
        rows::update(&mut tx, &held, app.env().now()).await?;
        tx.commit().await?;
        return Ok(Batch::Done);
    };
    let Some(table) = tables.iter().find(|table| table.name == name).cloned() else {
        return Ok(Batch::Amiss(format!("there is no table {name} any more")));
    };
    let mut mover = app
        .store()
        .enter_move(tx, &held, &standing.home, tables)
        .await?;
    mover.haste().await?;
    turn.rest().await;
    // While copying, the tables that follow are still to be read, with all that was written there.
    let until = (held.step == Step::Copying).then_some(name.as_str());
    let caught = mover.catch_up(noted_max, until, order).await?;
    turn.rest().await;
    if let Some(difference) = mover.compare_changed(&caught).await? {
        return Ok(Batch::Amiss(format!("{difference:?}")));
    }
    // More may be noted, of rows that the batch's rows point to.
    if i64::try_from(caught.noted).is_ok_and(|noted| noted < noted_max)
        && let Some(amiss) = go_on(app, turn, &mut mover, &mut held, &table).await?
    {
        return Ok(amiss);
    }
    rows::update(mover.control(), &held, app.env().now()).await?;
    mover.into_inner().commit().await?;
    let is_copied = open.step == Step::Copying && held.at_table.as_ref() != Some(&table.name);
    Ok(if is_copied {
        Batch::Copied(table.name)
    } else {
        Batch::Done
    })
}

/// Copies or compares the next rows of `table`, a few at a time, and notes how far that went.
async fn go_on(
    app: &App,
    turn: &mut Turn,
    mover: &mut Mover,
    held: &mut Move,
    table: &Table,
) -> store::Result<Option<Batch>> {
    let rows = turn.rows(app.settings().moves.batch_rows);
    let mut left = app.settings().moves.batch_rows / rows;
    while left > 0 {
        let pieces = left.min(PIECES);
        turn.rest().await;
        let of = (table, Home::Source);
        let after = held.after_key.take();
        let ends = mover.ends(of, after.as_ref(), rows, pieces).await?;
        let is_through = i64::try_from(ends.len()).is_ok_and(|ends| ends < pieces);
        let ranges = ranges(after, ends, is_through);
        held.after_key = ranges.last().and_then(|(_, upto)| upto.clone());
        if held.step == Step::Copying {
            held.rows_done += copy(turn, mover, table, &ranges, rows).await?;
        } else if let Some(difference) = compare(turn, mover, table, &ranges, rows).await? {
            return Ok(Some(Batch::Amiss(format!("{difference:?}"))));
        }
        if is_through {
            let tables = mover.tables().to_vec();
            pass(held, &tables, Some(&table.name));
            break;
        }
        left -= pieces;
    }
    Ok(None)
}

/// The ranges that end there; `is_through`: and one of what is left behind the last.
fn ranges(mut after: Option<Key>, ends: Vec<Key>, is_through: bool) -> Vec<Range> {
    let what_is_left = is_through.then_some(None);
    let ends = ends.into_iter().map(Some).chain(what_is_left);
    ends.map(|end| (std::mem::replace(&mut after, end.clone()), end))
        .collect()
}

/// Copies ranges of `rows` rows, the last one perhaps of fewer.
async fn copy(
    turn: &mut Turn,
    mover: &mut Mover,
    table: &Table,
    ranges: &[Range],
    rows: i64,
) -> store::Result<i64> {
    let mut copied = 0;
    for range in ranges {
        turn.rest().await;
        copied += i64::try_from(mover.copy(table, range).await?).unwrap_or(0);
        if range.1.is_some() {
            turn.learn(rows);
        }
    }
    Ok(copied)
}

/// Compares ranges of `rows` rows, first all at the source: the same statement is repeated cheaply.
async fn compare(
    turn: &mut Turn,
    mover: &mut Mover,
    table: &Table,
    ranges: &[Range],
    rows: i64,
) -> store::Result<Option<Difference>> {
    let mut sums = [Vec::new(), Vec::new()];
    for (home, sums) in [Home::Source, Home::Target].into_iter().zip(&mut sums) {
        for range in ranges {
            turn.rest().await;
            sums.push(mover.sum(table, home, range).await?);
            if range.1.is_some() {
                turn.learn(rows);
            }
        }
    }
    let [source, target] = sums;
    let mut pairs = source.iter().zip(&target);
    Ok(pairs.find_map(|(source, target)| differ(table, source, target)))
}

/// On to the table after `done`, or to the next step where that was the last.
fn pass(held: &mut Move, tables: &[Table], done: Option<&str>) {
    let at = done.and_then(|done| tables.iter().position(|table| table.name == done));
    let next = at.and_then(|at| tables.get(at + 1));
    held.after_key = None;
    held.at_table = next.map(|table| table.name.clone());
    if held.at_table.is_none() {
        held.step = match held.step {
            Step::Copying => Step::Verifying,
            _ => Step::Switching,
        };
        if held.step == Step::Verifying {
            held.at_table = tables.first().map(|table| table.name.clone());
        }
    }
}

/// Brings over what was noted since, and compares it. Answers how much that was; none where the
/// move has gone on without us, or begins again.
pub(super) async fn catch_up(
    app: &App,
    turn: &mut Turn,
    standing: &Standing,
    open: &Move,
) -> Result<Option<usize>> {
    let tables = turn.tables(app, &open.from).await?;
    for (order, noted_max) in TRIES {
        let Some((tx, held)) = app.store().lock_move(open.org, true).await? else {
            return Ok(None);
        };
        if held.id != open.id || held.step != open.step {
            return Ok(None);
        }
        let tables = tables.clone();
        let mut mover = app
            .store()
            .enter_move(tx, &held, &standing.home, tables)
            .await?;
        mover.haste().await?;
        let is_last = TRIES.last() == Some(&(order, noted_max));
        let why = match mover.catch_up(noted_max, None, order).await {
            Err(error) if is_constraint(&error) && !is_last => continue,
            Err(error) if is_constraint(&error) => error.to_string(),
            Err(error) => return Err(error.into()),
            Ok(caught) => match mover.compare_changed(&caught).await? {
                None => {
                    // The row is touched: whoever waits for it sees that there was another.
                    rows::update(mover.control(), &held, app.env().now()).await?;
                    mover.into_inner().commit().await?;
                    return Ok(Some(caught.noted));
                }
                Some(difference) => format!("{difference:?}"),
            },
        };
        drop(mover);
        restart(app, open, &why).await?;
        return Ok(None);
    }
    Err(Error::Inconsistent("no order was tried".to_owned()))
}

/// How long a move waits where there is nothing to wait for.
pub(super) const AT_ONCE: Went = Went::On(Duration::ZERO);
