//! Before anything is copied: the target is there and empty, and changes are noted.

use std::time::Duration;

use bailiwick_kernel::Tier;
use bailiwick_kernel::id::OrgId;
use bailiwick_pg::{Schema, Tx, migrate};
use bailiwick_store::moves::rows::{self, Standing};
use bailiwick_store::moves::{Home, Move, Step};
use bailiwick_store::{migrations, organizations, placements};

use super::turn::Turn;
use super::{Went, pause};
use crate::{App, Error, Result};

/// How long the way into a tenant may be blocked while everybody in it leaves, milliseconds.
pub(super) const WAIT_MS: u32 = 100;

/// Notes that a move is on, and where it leads.
pub(super) async fn begin(app: &App, org: OrgId) -> Result<Went> {
    let now = app.env().now();
    let mut tx = app.store().control().await?;
    organizations::lock_by_id(&mut tx, org).await?;
    let Some(standing) = rows::standing(&mut tx, org).await? else {
        return Ok(Went::Settled);
    };
    let Some(tier) = Tier::from_plan(&standing.wanted) else {
        return Err(Error::Inconsistent(format!("no tier {}", standing.wanted)));
    };
    if standing.is_deleted || standing.tier == standing.wanted {
        return Ok(Went::Settled);
    }
    if !insert(app, &mut tx, &standing, tier).await? {
        return Ok(Went::On(Duration::ZERO));
    }
    let status = match tier {
        Tier::Starter => "DOWNGRADING",
        Tier::Pro => "UPGRADING",
    };
    organizations::set_provisioning(&mut tx, org, status, None, now).await?;
    tx.commit().await?;
    Ok(Went::On(Duration::ZERO))
}

/// `false`: a move is open by now.
async fn insert(app: &App, tx: &mut Tx, standing: &Standing, tier: Tier) -> Result<bool> {
    let org = standing.home.tenant;
    if rows::lock(tx, org).await?.is_some() {
        return Ok(false);
    }
    for salt in 0..16_u32 {
        let (to, is_free) = match tier {
            Tier::Starter => (migrations::shared()?, true),
            Tier::Pro => {
                let name = migrations::schema_name(&standing.clerk_org_id, salt)?;
                let is_free = placements::is_free(app.store(), &name, org).await?;
                (name, is_free)
            }
        };
        let (id, now) = (app.env().uuid(), app.env().now());
        // Another's move may be on its way into a schema where nobody lives yet.
        if is_free && rows::begin(tx, &standing.home, id, &to, tier.as_str(), now).await? {
            return Ok(true);
        }
    }
    Err(Error::Inconsistent(format!(
        "no schema name is free for organization {org}"
    )))
}

/// One stretch of the way: the target, its emptiness, the noting, the count.
pub(super) async fn run(
    app: &App,
    turn: &mut Turn,
    standing: &Standing,
    open: &Move,
) -> Result<Went> {
    if open.is_upgrade() {
        make(app, &open.to).await?;
    }
    level(app, open).await?;
    turn.begin();
    if empty(app, turn, standing, open).await? > 0 {
        return Ok(turn.over());
    }
    let mut tx = app.store().control().await?;
    rows::set_capturing(&mut tx, open.org, true, app.env().now()).await?;
    tx.commit().await?;
    // Whoever came in before that does not note what they write, and must have left.
    let mut tx = app.store().control().await?;
    rows::bound(&mut tx, WAIT_MS, 1000).await?;
    if let Err(error) = rows::fence(&mut tx, open.org).await {
        tracing::debug!(%error, tenantId = %open.org, "somebody stays in the tenant");
        return Ok(Went::On(pause(app)));
    }
    tx.commit().await?;
    count(app, turn, standing, open).await
}

/// The schema of the tenant's own, at the newest version.
async fn make(app: &App, schema: &Schema) -> Result<()> {
    let owner = app.owner().ok_or_else(|| {
        Error::Inconsistent("a schema is to be made and DATABASE_MIGRATION_URL is not set".into())
    })?;
    migrations::migrate_tenant(owner, schema, app.store().modules()).await?;
    Ok(())
}

/// Refuses homes of different versions: their tables may differ.
async fn level(app: &App, open: &Move) -> Result<()> {
    let pool = app.store().pool();
    for ledger in ledgers(app) {
        let from = migrate::versions_recorded_in(pool, open.from.as_str(), &ledger).await?;
        let to = migrate::versions_recorded_in(pool, open.to.as_str(), &ledger).await?;
        if from != to {
            return Err(Error::Inconsistent(format!(
                "schemas {} and {} are at different versions: run `bailiwick migrate`",
                open.from, open.to
            )));
        }
    }
    Ok(())
}

/// The tables that say at which version a tenant's schema is.
pub(super) fn ledgers(app: &App) -> Vec<String> {
    let own = app.store().modules().iter().map(|module| module.ledger());
    std::iter::once(migrate::LEDGER.to_owned())
        .chain(own)
        .collect()
}

/// Removes what an earlier move left at the target, and what was noted for it.
async fn empty(app: &App, turn: &mut Turn, standing: &Standing, open: &Move) -> Result<u64> {
    let tables = turn.tables(app, &open.from).await?;
    let Some((tx, mut held)) = app.store().lock_move(open.org, false).await? else {
        return Ok(0);
    };
    if held.id != open.id || held.step != Step::Preparing {
        return Ok(0);
    }
    let mut mover = app
        .store()
        .enter_move(tx, &held, &standing.home, tables)
        .await?;
    let batch = turn.rows(app.settings().moves.batch_rows);
    let gone = mover.clear(Home::Target, &mut held, batch).await?;
    let gone = gone + mover.forget_noted(batch).await?;
    rows::update(mover.control(), &held, app.env().now()).await?;
    mover.into_inner().commit().await?;
    Ok(gone)
}

async fn count(app: &App, turn: &mut Turn, standing: &Standing, open: &Move) -> Result<Went> {
    let tables = turn.tables(app, &open.from).await?;
    let Some((tx, mut held)) = app.store().lock_move(open.org, true).await? else {
        return Ok(Went::On(Duration::ZERO));
    };
    if held.id != open.id || held.step != Step::Preparing {
        return Ok(Went::On(Duration::ZERO));
    }
    let first = tables.first().map(|table| table.name.clone());
    let mut mover = app
        .store()
        .enter_move(tx, &held, &standing.home, tables)
        .await?;
    held.rows_total = mover.count().await?;
    held.rows_done = 0;
    held.step = Step::Copying;
    held.at_table = first;
    held.after_key = None;
    rows::update(mover.control(), &held, app.env().now()).await?;
    mover.into_inner().commit().await?;
    Ok(Went::On(Duration::ZERO))
}
