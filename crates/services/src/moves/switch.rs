//! The cut-over: for a moment nobody is in the tenant, and then it lives elsewhere.

use bailiwick_store::audit::Fact;
use bailiwick_store::moves::rows::{self, Standing};
use bailiwick_store::moves::{Move, Order, Step};
use bailiwick_store::tables::Table;
use bailiwick_store::{self as store, organizations};
use serde_json::json;

use super::advance::{AT_ONCE, NOTED_MAX, catch_up};
use super::prepare::{WAIT_MS, ledgers};
use super::turn::Turn;
use super::{Went, is_constraint, pause, restart};
use crate::{App, Result};

/// So little may be left to bring over while everybody waits.
const LITTLE: usize = 100;
/// How long everybody may be kept waiting, milliseconds.
const HOLD_MS: u32 = 300;

/// Why the tenant did not move just now.
enum Held {
    /// It did, or somebody else took the step.
    Done,
    /// Too much was left to bring over, or somebody stayed.
    Later,
    /// The copying must begin again, and why.
    Amiss(String),
}

/// Brings over what is left, and the tenant with the last of it.
pub(super) async fn run(
    app: &App,
    turn: &mut Turn,
    standing: &Standing,
    open: &Move,
) -> Result<Went> {
    let Some(noted) = catch_up(app, turn, standing, open).await? else {
        return Ok(AT_ONCE);
    };
    if noted > LITTLE {
        return Ok(AT_ONCE);
    }
    // Nothing may have come since.
    let tables = app.store().movable_tables(&open.from).await?;
    match fenced(app, standing, open, tables).await {
        Ok(Held::Done) => Ok(AT_ONCE),
        Ok(Held::Later) => Ok(Went::On(pause(app))),
        Ok(Held::Amiss(why)) => restart(app, open, &why).await,
        // What could not be brought over in this order can be, without the fence, in the other.
        Err(error) if is_constraint(&error) => Ok(AT_ONCE),
        Err(error) => Err(error.into()),
    }
}

/// One short transaction. Its locks are taken in the order in which everybody takes them.
async fn fenced(
    app: &App,
    standing: &Standing,
    open: &Move,
    tables: Vec<Table>,
) -> store::Result<Held> {
    let now = app.env().now();
    let mut tx = app.store().control().await?;
    rows::bound(&mut tx, WAIT_MS, HOLD_MS).await?;
    let row = match organizations::lock_by_id(&mut tx, open.org).await {
        Err(error) if is_in_the_way(&error) => return Ok(Held::Later),
        row => row?,
    };
    let Some(mut held) = rows::lock(&mut tx, open.org).await? else {
        return Ok(Held::Done);
    };
    let is_ours = held.id == open.id && held.step == Step::Switching;
    if !is_ours || row.is_none_or(|row| row.is_deleted || row.tier_wanted != held.to_tier) {
        return Ok(Held::Done);
    }
    if let Err(error) = rows::fence(&mut tx, open.org).await {
        return if is_in_the_way(&error) {
            Ok(Held::Later)
        } else {
            Err(error)
        };
    }
    let mut mover = app
        .store()
        .enter_move(tx, &held, &standing.home, tables)
        .await?;
    let caught = mover.catch_up(NOTED_MAX, None, Order::DeletesFirst).await?;
    if i64::try_from(caught.noted).is_ok_and(|noted| noted >= NOTED_MAX) {
        return Ok(Held::Later);
    }
    if let Some(difference) = mover.compare_changed(&caught).await? {
        return Ok(Held::Amiss(format!("{difference:?}")));
    }
    if !mover.is_level(&ledgers(app)).await? {
        return Ok(Held::Amiss("a migration ran meanwhile".to_owned()));
    }
    rows::switch(mover.control(), &standing.home, &held, now).await?;
    organizations::settle(mover.control(), open.org, &held.to_tier, now).await?;
    held.step = Step::Cleaning;
    rows::update(mover.control(), &held, now).await?;
    let object = open.org.to_string();
    let what = if held.is_upgrade() {
        "tenants.upgrade"
    } else {
        "tenants.downgrade"
    };
    let fact = Fact {
        before: Some(json!({"schema": held.from.as_str(), "tier": standing.tier})),
        after: Some(
            json!({"schema": held.to.as_str(), "tier": held.to_tier, "rows": held.rows_total}),
        ),
        ..Fact::impersonal(app.env(), "system", what, ("organization", &object))
    };
    mover.into_inner().audit_and_commit(&fact).await?;
    tracing::info!(tenantId = %open.org, tenantSchema = %held.to, "tenant moved");
    Ok(Held::Done)
}

/// A lock was not to be had in time, or the time was up.
fn is_in_the_way(error: &store::Error) -> bool {
    matches!(error.sqlstate(), Some("55P03" | "57014" | "40P01"))
}
