//! The plan that an organization is on: told from what it pays for, each time that the provider says
//! something of that, and once more when what was canceled is over.

mod request;

use bailiwick_kernel::Tier;
use bailiwick_kernel::id::{JobId, OrgId};
use bailiwick_kernel::plan::Standing;
use bailiwick_pg::Tx;
use bailiwick_store::audit::Fact;
use bailiwick_store::plans::{self, Held};
use bailiwick_store::tombstones::{self, Kind};
use bailiwick_store::{jobs as queue, organizations};
use jiff::Timestamp;
use serde_json::{Value, json};

pub use request::{Synced, request};

use crate::invitations::Seats;
use crate::jobs::ReviewPlan;
use crate::sync::Work;
use crate::sync::organizations::step_in_as;
use crate::{App, Result, moves};

/// An organization is on another plan, or for another time. Its facts are to be recorded with the
/// change.
pub(crate) struct Changed {
    org: OrgId,
    before: Value,
    after: Value,
    /// Where there are more people than the plan allows.
    crowded: Option<Seats>,
}

/// Tells the plan of an organization from what it pays for, in the transaction in which that
/// changed, under the organization's lock. None where it stays what it was, and where the
/// organization is not known yet: then it is told when the organization comes.
pub(crate) async fn follow(app: &App, tx: &mut Tx, clerk_org_id: &str) -> Result<Option<Changed>> {
    let now = app.env().now();
    let Some(held) = plans::lock(tx, clerk_org_id).await?.filter(is_there) else {
        return Ok(None);
    };
    let items = plans::items(tx, clerk_org_id).await?;
    let items: Vec<_> = items.iter().map(plans::Item::as_told).collect();
    let standing = Standing::of(&items, app.settings().plan_grace, now);
    for item in &items {
        if item.status == "active" && item.plan.and_then(Tier::from_plan).is_none() {
            metrics::counter!("plan_unknown").increment(1);
            tracing::warn!(plan = item.plan, "a plan is not known and gives nothing");
        }
    }
    if let Some(until) = standing.until {
        let job = ReviewPlan::of(held.org, until);
        queue::enqueue(tx, JobId::from(app.env().uuid()), &job, now).await?;
    }
    if held.plan.as_deref() == standing.plan && held.until == standing.until {
        return Ok(None);
    }
    let tier = tier_of(held.plan.as_deref());
    let tier = (tier != standing.tier).then_some(standing.tier);
    change(app, tx, &held, (standing.plan, standing.until), tier)
        .await
        .map(Some)
}

fn is_there(held: &Held) -> bool {
    !held.is_deleted
}

/// What a plan that an organization was on meant for it.
fn tier_of(plan: Option<&str>) -> Tier {
    plan.and_then(Tier::from_plan).unwrap_or(Tier::Starter)
}

/// Puts an organization on a plan, and lets its tenant move where `tier` says so. What an operator
/// has chosen beside the plan holds until the plan's own tier changes.
async fn change(
    app: &App,
    tx: &mut Tx,
    held: &Held,
    (plan, until): (Option<&str>, Option<Timestamp>),
    tier: Option<Tier>,
) -> Result<Changed> {
    let now = app.env().now();
    plans::set(tx, held.org, plan, until, now).await?;
    if let Some(tier) = tier {
        moves::want(app, tx, held.org, tier).await?;
    }
    let kept = held.tier_wanted.as_str();
    let tier = tier.map_or(kept, |tier| tier.as_str());
    Ok(Changed {
        org: held.org,
        before: json!({"planSlug": held.plan, "planUntil": held.until, "tier": held.tier_wanted}),
        after: json!({"planSlug": plan, "planUntil": until, "tier": tier}),
        crowded: Seats::exceeded(app, tx, held.org).await?,
    })
}

/// Records that the plan is another one, and who has too many people for it.
pub(crate) async fn record(
    app: &App,
    work: &mut Work,
    origin: &str,
    changed: &Changed,
) -> Result<()> {
    let object = changed.org.to_string();
    let fact = Fact {
        before: Some(changed.before.clone()),
        after: Some(changed.after.clone()),
        ..Fact::impersonal(
            app.env(),
            origin,
            "organizations.plan",
            ("organization", &object),
        )
    };
    work.record(app, &fact).await?;
    if let Some(seats) = &changed.crowded {
        seats.tell(app, work, origin, changed.org).await?;
    }
    Ok(())
}

/// Commits a change of plan with its facts, in the tenant where there is one.
pub(crate) async fn finish(app: &App, tx: Tx, origin: &str, changed: &Changed) -> Result<()> {
    let mut work = step_in_as(app, tx, changed.org, "plans").await?;
    record(app, &mut work, origin, changed).await?;
    work.commit().await
}

/// Looks once more whether what was canceled is over. Does nothing where something else was said
/// meanwhile.
///
/// # Errors
/// The database's.
pub async fn review(app: &App, org: OrgId) -> Result<()> {
    let mut tx = app.store().control().await?;
    let Some(clerk_org_id) = organizations::clerk_org_id(&mut tx, org).await? else {
        return Ok(());
    };
    tombstones::lock(&mut tx, Kind::Organization, &clerk_org_id).await?;
    let held = plans::lock(&mut tx, &clerk_org_id).await?;
    let now = app.env().now();
    if held
        .and_then(|held| held.until)
        .is_none_or(|until| until > now)
    {
        return Ok(());
    }
    match follow(app, &mut tx, &clerk_org_id).await? {
        Some(changed) => finish(app, tx, "system", &changed).await?,
        None => tx.commit().await?,
    }
    app.wake_worker();
    Ok(())
}
