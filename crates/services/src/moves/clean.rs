//! After a move, or instead of one: the home where the tenant does not live is removed.

use bailiwick_store::audit::Fact;
use bailiwick_store::moves::rows::{self, Standing};
use bailiwick_store::moves::{Home, Move, Step};
use bailiwick_store::{migrations, organizations};
use serde_json::json;

use super::Went;
use super::advance::AT_ONCE;
use super::turn::Turn;
use crate::{App, Error, Result};

/// The tenant stays where it is: from here on nothing is noted and nothing copied. `why` where that
/// is not what somebody decided.
pub(super) async fn cancel(app: &App, open: &Move, why: Option<&str>) -> Result<Went> {
    let now = app.env().now();
    let mut tx = app.store().control().await?;
    organizations::lock_by_id(&mut tx, open.org).await?;
    let Some(mut held) = rows::lock(&mut tx, open.org).await? else {
        return Ok(AT_ONCE);
    };
    if held.id != open.id || !held.step.is_before_switch() {
        return Ok(AT_ONCE);
    }
    held.step = Step::Cancelling;
    (held.at_table, held.after_key) = (None, None);
    rows::set_capturing(&mut tx, open.org, false, now).await?;
    rows::update(&mut tx, &held, now).await?;
    organizations::set_provisioning(&mut tx, open.org, "COMPLETED", why, now).await?;
    tx.commit().await?;
    Ok(AT_ONCE)
}

/// Removes what was copied.
pub(super) async fn undo(
    app: &App,
    turn: &mut Turn,
    standing: &Standing,
    open: &Move,
) -> Result<Went> {
    if open.is_upgrade() {
        drop_schema(app, open, &open.to).await?;
    } else if clear(app, turn, standing, open, Home::Target).await? > 0 {
        return Ok(turn.over());
    }
    if forget(app, standing, open).await? > 0 {
        return Ok(turn.over());
    }
    end(app, standing, open, Some("tenants.cancelMove")).await
}

/// Removes the old home.
pub(super) async fn leave(
    app: &App,
    turn: &mut Turn,
    standing: &Standing,
    open: &Move,
) -> Result<Went> {
    if !open.is_upgrade() {
        drop_schema(app, open, &open.from).await?;
    } else if clear(app, turn, standing, open, Home::Source).await? > 0 {
        return Ok(turn.over());
    }
    end(app, standing, open, None).await
}

async fn drop_schema(app: &App, open: &Move, schema: &bailiwick_pg::Schema) -> Result<()> {
    let owner = app.owner().ok_or_else(|| {
        Error::Inconsistent(
            "a schema is to be removed and DATABASE_MIGRATION_URL is not set".into(),
        )
    })?;
    // Nobody else's move leads there, and nobody lives there: both are looked at under their locks.
    if let Some(still) = app.store().find_move(open.org).await?
        && still.id == open.id
    {
        migrations::drop_tenant(owner, schema).await?;
    }
    Ok(())
}

async fn clear(
    app: &App,
    turn: &mut Turn,
    standing: &Standing,
    open: &Move,
    home: Home,
) -> Result<i64> {
    let tables = turn.tables(app, &open.from).await?;
    let Some((tx, mut held)) = app.store().lock_move(open.org, false).await? else {
        return Ok(0);
    };
    if held.id != open.id || held.step != open.step {
        return Ok(0);
    }
    let mut mover = app
        .store()
        .enter_move(tx, &held, &standing.home, tables)
        .await?;
    mover.haste().await?;
    let (mut gone, batch) = (0, app.settings().moves.batch_rows);
    turn.rest().await;
    let piece = turn.rows(batch);
    while gone < batch {
        let deleted = mover.clear(home, &mut held, piece).await?;
        gone += i64::try_from(deleted).unwrap_or(piece);
        if deleted == 0 {
            break;
        }
        turn.learn(piece);
        turn.rest().await;
    }
    rows::update(mover.control(), &held, app.env().now()).await?;
    mover.into_inner().commit().await?;
    Ok(gone)
}

async fn forget(app: &App, standing: &Standing, open: &Move) -> Result<u64> {
    let Some((tx, held)) = app.store().lock_move(open.org, false).await? else {
        return Ok(0);
    };
    if held.id != open.id || held.step != Step::Cancelling {
        return Ok(0);
    }
    let mut mover = app
        .store()
        .enter_move(tx, &held, &standing.home, Vec::new())
        .await?;
    let gone = mover.forget_noted(app.settings().moves.batch_rows).await?;
    mover.into_inner().commit().await?;
    Ok(gone)
}

async fn end(app: &App, standing: &Standing, open: &Move, fact: Option<&str>) -> Result<Went> {
    let Some((mut tx, held)) = app.store().lock_move(open.org, false).await? else {
        return Ok(AT_ONCE);
    };
    if held.id != open.id || held.step != open.step {
        return Ok(AT_ONCE);
    }
    rows::end(&mut tx, &held).await?;
    let Some(action) = fact else {
        tx.commit().await?;
        return Ok(AT_ONCE);
    };
    let object = open.org.to_string();
    let fact = Fact {
        after: Some(json!({"schema": standing.home.schema.as_str(), "tier": standing.tier})),
        ..Fact::impersonal(app.env(), "system", action, ("organization", &object))
    };
    let tenant = app.store().step_into(tx, &standing.home, "tenants.move");
    tenant.await?.audit_and_commit(&fact).await?;
    Ok(AT_ONCE)
}
