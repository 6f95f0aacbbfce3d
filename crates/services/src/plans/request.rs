//! What another service, or an operator, says of an organization's plan (BIL-04). It holds until the
//! provider says something new of what the organization pays for.

use bailiwick_kernel::{Problem, Tier};
use bailiwick_store::organizations;
use bailiwick_store::plans;
use bailiwick_store::tombstones::{self, Kind};

use super::{change, finish, is_there};
use crate::{App, Result, sync};

/// How an organization stands after it was put on a plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Synced {
    /// The plan.
    pub plan: String,
    /// The tier that its tenant is to live in; where it is not there yet, it is on its way.
    pub tier: Tier,
    /// State of provisioning, as written in the API.
    pub provisioning_status: String,
}

/// Puts a provider's organization on a plan, fetching the organization where the mirror does not
/// have it. Once is as good as twice.
///
/// # Errors
/// `VALIDATION_FAILED` for a plan that is not known; `NOT_FOUND` where the provider does not know the
/// organization either; the provider's, the database's.
pub async fn request(app: &App, clerk_org_id: &str, plan: &str) -> Result<Synced> {
    let unknown = || Problem::invalid("planSlug", "is no plan of this installation");
    let tier = Tier::from_plan(plan).ok_or_else(unknown)?;
    if let Some(synced) = put(app, clerk_org_id, plan, tier).await? {
        return Ok(synced);
    }
    sync::fetch::organization(app, clerk_org_id).await?;
    let synced = put(app, clerk_org_id, plan, tier).await?;
    Ok(synced.ok_or_else(Problem::not_found)?)
}

async fn put(app: &App, clerk_org_id: &str, plan: &str, tier: Tier) -> Result<Option<Synced>> {
    let mut tx = app.store().control().await?;
    tombstones::lock(&mut tx, Kind::Organization, clerk_org_id).await?;
    let Some(held) = plans::lock(&mut tx, clerk_org_id).await?.filter(is_there) else {
        return Ok(None);
    };
    let wanted = (held.tier_wanted != tier.as_str()).then_some(tier);
    let is_on_it = held.plan.as_deref() == Some(plan) && held.until.is_none() && wanted.is_none();
    let changed = if is_on_it {
        None
    } else {
        Some(change(app, &mut tx, &held, (Some(plan), None), wanted).await?)
    };
    let row = organizations::lock(&mut tx, clerk_org_id).await?;
    let provisioning_status = row.map(|row| row.provisioning_status).unwrap_or_default();
    match changed {
        Some(changed) => finish(app, tx, "system", &changed).await?,
        None => tx.commit().await?,
    }
    app.wake_worker();
    Ok(Some(Synced {
        plan: plan.to_owned(),
        tier,
        provisioning_status,
    }))
}
