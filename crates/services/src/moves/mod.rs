//! A tenant's way from one tier to the other, while it works.
//!
//! What is asked for stands in `organizations.tier_wanted`; the job `tenants.move` brings the
//! tenant there, one durable step after another: [`step`] looks where things stand and does what is
//! next, so it may be cut off anywhere, repeated, and run by two at once. Who changes their mind
//! before the switch has the move undone.

mod advance;
mod clean;
mod prepare;
mod switch;
mod turn;

use std::time::{Duration, Instant};

use bailiwick_kernel::Tier;
use bailiwick_kernel::id::{JobId, OrgId};
use bailiwick_pg::Tx;
use bailiwick_store::moves::rows::{self, Standing};
use bailiwick_store::moves::{Move, Step};
use bailiwick_store::{self as store, jobs as queue, organizations};

use self::turn::Turn;
use crate::jobs::MoveTenant;
use crate::{App, Error, Result};

/// A job goes on for so long, then makes room for others.
const SLICE: Duration = Duration::from_secs(10);
/// Failures that pass by themselves are met so often in a row before the job is put back.
const FAILURES_MAX: u32 = 20;
/// How long a move waits after such a failure, or where somebody is in its way, at most.
const PAUSE: Duration = Duration::from_millis(500);

/// What came of a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Went {
    /// The tenant lives where it ought to, and nothing is left to do.
    Settled,
    /// There is more to do, after a rest.
    On(Duration),
}

/// Asks for a tier, in the caller's transaction, which holds the organization's lock. Nothing
/// happens where the tenant is in it.
///
/// # Errors
/// The database's.
pub async fn want(app: &App, tx: &mut Tx, org: OrgId, tier: Tier) -> Result<bool> {
    let now = app.env().now();
    let is_news = organizations::want_tier(tx, org, tier.as_str(), now).await?;
    let id = JobId::from(app.env().uuid());
    queue::enqueue(tx, id, &MoveTenant::of(org, now), now).await?;
    Ok(is_news)
}

/// Brings `org`'s tenant to where it ought to be: for a while, and by another job from there.
///
/// # Errors
/// What does not pass by itself: a schema cannot be made, a table cannot be moved.
pub async fn run(app: &App, org: OrgId) -> Result<()> {
    let Some(_turn) = app.turn_to_move() else {
        return later(app, org, PAUSE).await;
    };
    let (began, mut failures) = (Instant::now(), 0);
    let mut turn = Turn::new(app);
    while began.elapsed() < SLICE {
        match step_of(app, &mut turn, org).await {
            Ok(Went::Settled) => return Ok(()),
            Ok(Went::On(rest)) => {
                failures = 0;
                tokio::time::sleep(rest).await;
            }
            Err(error) if error.is_transient() && failures < FAILURES_MAX => {
                failures += 1;
                turn.forget();
                tracing::info!(%error, tenantId = %org, "a step of a move is repeated");
                tokio::time::sleep(pause(app)).await;
            }
            Err(error) => return Err(error),
        }
    }
    later(app, org, Duration::ZERO).await
}

async fn later(app: &App, org: OrgId, after: Duration) -> Result<()> {
    let now = app.env().now();
    let mut tx = app.store().control().await?;
    let id = JobId::from(app.env().uuid());
    queue::enqueue(&mut tx, id, &MoveTenant::of(org, now + after), now).await?;
    tx.commit().await?;
    app.wake_worker();
    Ok(())
}

/// Half of [`PAUSE`] to all of it, at random: two that are in each other's way part.
fn pause(app: &App) -> Duration {
    let share = f64::from(app.env().bytes::<1>()[0]) / 255.0;
    PAUSE.mul_f64(0.5 + share / 2.0)
}

/// Does what is next.
///
/// # Errors
/// As [`run`]; what passes by itself ([`Error::is_transient`]).
pub async fn step(app: &App, org: OrgId) -> Result<Went> {
    step_of(app, &mut Turn::new(app), org).await
}

async fn step_of(app: &App, turn: &mut Turn, org: OrgId) -> Result<Went> {
    turn.begin();
    let Some(now) = app.store().standing(org).await? else {
        return Ok(Went::Settled);
    };
    let is_home = now.is_deleted || now.tier == now.wanted;
    match app.store().find_move(org).await? {
        None if is_home => Ok(Went::Settled),
        None => prepare::begin(app, org).await,
        Some(open) => go_on(app, turn, &now, &open).await,
    }
}

async fn go_on(app: &App, turn: &mut Turn, now: &Standing, open: &Move) -> Result<Went> {
    let is_wanted = !now.is_deleted && now.wanted == open.to_tier;
    match open.step {
        Step::Cancelling => clean::undo(app, turn, now, open).await,
        Step::Cleaning => clean::leave(app, turn, now, open).await,
        _ if !is_wanted => clean::cancel(app, open, None).await,
        Step::Preparing => prepare::run(app, turn, now, open).await,
        Step::Copying | Step::Verifying => advance::run(app, turn, now, open).await,
        Step::Switching => switch::run(app, turn, now, open).await,
    }
}

/// What is left to do when a move has failed as often as it may: the tenant stays where it is, and
/// an operator may try again.
///
/// # Errors
/// The database's.
pub async fn give_up(app: &App, org: OrgId, reason: &str) -> Result<()> {
    metrics::counter!("move_failures").increment(1);
    tracing::error!(tenantId = %org, reason, "a move was given up");
    match app.store().find_move(org).await? {
        Some(open) if open.step.is_before_switch() => {
            clean::cancel(app, &open, Some(reason)).await?;
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Has a move begin again; more than a few times is a fault that somebody must look at.
async fn restart(app: &App, open: &Move, why: &str) -> Result<Went> {
    const RESTARTS_MAX: i32 = 10;
    if open.restarts >= RESTARTS_MAX {
        return Err(Error::Inconsistent(format!(
            "the move began again {RESTARTS_MAX} times: {why}"
        )));
    }
    tracing::warn!(tenantId = %open.org, why, "a move begins again");
    let mut tx = app.store().control().await?;
    rows::restart(&mut tx, open, why, app.env().now()).await?;
    tx.commit().await?;
    Ok(Went::On(Duration::ZERO))
}

/// A constraint that the order of changes met ([`store::moves::Order`]).
fn is_constraint(error: &store::Error) -> bool {
    error.sqlstate().is_some_and(|code| code.starts_with("23"))
}
