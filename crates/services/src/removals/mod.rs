//! The end of an organization: access ends with `organization.deleted`; what it had is kept for a
//! set time, and then removed, a batch at a time, with a certificate of what was removed.
//!
//! Each batch is one transaction that says what it did in the removal's own row, so a removal may
//! be cut off anywhere and is taken up by whoever repeats it. What cannot be part of a transaction,
//! objects and a schema, is noted before it goes and removed again where that was cut off.

mod certificate;
mod objects;

use std::time::{Duration, Instant};

use bailiwick_kernel::id::{JobId, OrgId};
use bailiwick_store::audit::retention;
use bailiwick_store::removals::rows::Batch;
use bailiwick_store::removals::{self as rows, Removal, Step};
use bailiwick_store::{jobs as queue, migrations};
use jiff::{SignedDuration, Timestamp};

use crate::jobs::RemoveTenant;
use crate::moves;
use crate::sync::{Word, organizations};
use crate::{App, Error, Result};

pub use certificate::{Certificate, Kept, Read, Removed, Scanned, read};

/// One run of the job works for so long; then the queue has its turn.
const BITE: Duration = Duration::from_secs(20);
/// How often one round of looking for what is due asks.
const ROUND: i64 = 100;
/// What has still to be said about others is waited for so long.
const LOOK_AGAIN: SignedDuration = SignedDuration::from_secs(60);
/// Why an organization is removed that nobody asked to remove.
pub const BY_ITSELF: &str = "deleted at the identity provider, and kept for as long as was set";

/// How a removal went on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Went {
    /// A batch is done; there is more.
    On,
    /// Nothing can be done before then.
    Waits(Timestamp),
    /// It is over.
    Done,
}

/// Lets removals begin that are due, and those go on that nobody works on. Answers how many are due
/// or open. A server that may not remove facts begins none.
///
/// # Errors
/// The database's.
pub async fn schedule(app: &App) -> Result<usize> {
    let now = app.env().now();
    let kept = app.settings().tenant_retention;
    let until = now.checked_sub(kept).unwrap_or(Timestamp::MIN);
    let due = app.store().due_removals(until, ROUND).await?;
    let idle = app.store().idle_removals(now, ROUND).await?;
    let open = due.len() + idle.len();
    #[expect(clippy::cast_precision_loss, reason = "a gauge of a few")]
    metrics::gauge!("tenant_removals_open").set(open as f64);
    if app.retention().is_none() {
        if open > 0 {
            tracing::warn!(
                open,
                "organizations are to be removed, and DATABASE_RETENTION_URL is not set"
            );
        }
        return Ok(open);
    }
    for org in due {
        begin(app, org, BY_ITSELF).await?;
    }
    for org in idle {
        enqueue(app, org, now).await?;
    }
    Ok(open)
}

/// Begins the removal of an organization that was deleted, and lets it go on by itself; `false`
/// where it is none, or its removal has begun.
///
/// # Errors
/// The database's.
pub async fn begin(app: &App, org: OrgId, reason: &str) -> Result<bool> {
    let now = app.env().now();
    let mut tx = app.store().control().await?;
    if !rows::begin(&mut tx, org, reason, now).await? {
        return Ok(false);
    }
    let job = JobId::from(app.env().uuid());
    queue::enqueue(&mut tx, job, &RemoveTenant::of(org, now), now).await?;
    tx.commit().await?;
    tracing::info!(tenantId = %org, "the removal of a tenant begins");
    app.wake_worker();
    Ok(true)
}

async fn enqueue(app: &App, org: OrgId, at: Timestamp) -> Result<()> {
    let mut tx = app.store().control().await?;
    let job = JobId::from(app.env().uuid());
    queue::enqueue(&mut tx, job, &RemoveTenant::of(org, at), app.env().now()).await?;
    Ok(tx.commit().await?)
}

/// The job: some of a removal, and the next job where there is more. Nothing where somebody else is
/// at it.
///
/// # Errors
/// Whatever stopped it: it is taken up where it stands.
pub async fn run(app: &App, org: OrgId) -> Result<()> {
    if !app.store().hold_removal(org, app.env().now()).await? {
        return Ok(());
    }
    let went = work(app, org).await;
    app.store().release_removal(org).await?;
    match went? {
        Went::Done => Ok(()),
        Went::On => enqueue(app, org, app.env().now()).await,
        Went::Waits(until) => enqueue(app, org, until).await,
    }
}

/// Batches until the time is over. Between two it rests for as long as the last took, so that no
/// more than half of what it uses is taken from others.
async fn work(app: &App, org: OrgId) -> Result<Went> {
    let begun = Instant::now();
    loop {
        let at = Instant::now();
        let went = advance(app, org).await?;
        if went != Went::On || begun.elapsed() > BITE {
            return Ok(went);
        }
        tokio::time::sleep(at.elapsed()).await;
    }
}

/// The whole of a removal, for a command that waits for it; `progress` hears where it stands after
/// each batch. Nothing is answered where somebody else is at it.
///
/// # Errors
/// As [`run`].
pub async fn drive(app: &App, org: OrgId, progress: impl Fn(&Removal)) -> Result<Option<Went>> {
    if !app.store().hold_removal(org, app.env().now()).await? {
        return Ok(None);
    }
    let went = loop {
        match advance(app, org).await {
            Ok(Went::On) => progress(&find(app, org).await?),
            other => break other,
        }
    };
    app.store().release_removal(org).await?;
    if let Ok(Went::Waits(until)) = &went {
        enqueue(app, org, *until).await?;
    }
    Ok(Some(went?))
}

/// One batch of whatever is next. For who holds the removal.
///
/// # Errors
/// As [`run`].
pub async fn advance(app: &App, org: OrgId) -> Result<Went> {
    let removal = find(app, org).await?;
    let now = app.env().now();
    match removal.step {
        // Two homes become one first: of an organization that was deleted a move is undone.
        Step::Rows if app.store().find_move(org).await?.is_some() => {
            moves::step(app, org).await?;
            Ok(Went::On)
        }
        Step::Rows => match app.store().remove_rows(&removal, now).await? {
            Batch::Removed(..) | Batch::Closed | Batch::Over => Ok(Went::On),
        },
        Step::Schema => drop_schema(app, &removal).await,
        Step::Objects => objects::remove(app, &removal).await,
        Step::Audit => remove_facts(app, &removal).await,
        Step::Control => {
            app.store().remove_from_control(&removal, now).await?;
            Ok(Went::On)
        }
        Step::Certify => certificate::certify(app, &removal).await,
        Step::Done => Ok(Went::Done),
    }
}

async fn find(app: &App, org: OrgId) -> Result<Removal> {
    let found = app.store().find_removal(org).await?;
    found.ok_or_else(|| Error::Inconsistent(format!("{org} is not being removed")))
}

/// A schema of the tenant's own, with what was counted in it.
async fn drop_schema(app: &App, removal: &Removal) -> Result<Went> {
    if let Some(schema) = &removal.schema {
        let owner = app.owner().ok_or_else(|| {
            Error::Inconsistent(
                "a schema is to be removed and DATABASE_MIGRATION_URL is not set".into(),
            )
        })?;
        migrations::drop_tenant(owner, schema).await?;
    }
    next(app, removal, Step::Schema, Step::Objects).await
}

/// The tenant's facts, by the one role that may.
async fn remove_facts(app: &App, removal: &Removal) -> Result<Went> {
    let retention = app.retention().ok_or_else(|| {
        Error::Inconsistent("facts are to be removed and DATABASE_RETENTION_URL is not set".into())
    })?;
    let keys = app.store().keys().ok_or_else(|| {
        Error::Inconsistent("facts are to be removed and AUDIT_KEYS is not set".into())
    })?;
    let (org, reason) = (removal.org, removal.reason.as_str());
    let tombstone = retention::remove(retention, keys, app.env(), org, reason).await?;
    let now = app.env().now();
    let mut tx = app.store().control().await?;
    if rows::lock_at(&mut tx, org, Step::Audit).await?.is_none() {
        return Ok(Went::On);
    }
    let facts = tombstone.head.total + tombstone.unsealed;
    rows::note(&mut tx, org, (FACTS, facts), None, now).await?;
    rows::step(&mut tx, org, Step::Audit, Step::Control, now).await?;
    tx.commit().await?;
    Ok(Went::On)
}

/// The name under which facts are counted.
pub(crate) const FACTS: &str = "control.audit";

async fn next(app: &App, removal: &Removal, from: Step, to: Step) -> Result<Went> {
    let now = app.env().now();
    let mut tx = app.store().control().await?;
    rows::step(&mut tx, removal.org, from, to, now).await?;
    tx.commit().await?;
    Ok(Went::On)
}

/// Ends an organization at the provider, and here without waiting for its word. Can be repeated.
///
/// # Errors
/// The provider's, the database's.
pub async fn end(app: &App, clerk_org_id: &str) -> Result<()> {
    match app.clerk().delete_organization(clerk_org_id).await {
        Err(error) if error.is_not_found() => {}
        other => drop(other?),
    }
    let word = Word::asked(app.env().now());
    let tx = app.store().control().await?;
    organizations::delete(app, tx, clerk_org_id, word).await?;
    Ok(())
}
