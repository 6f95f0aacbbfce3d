//! Making a tenant: each step can be repeated, and the placement that opens the door comes last.

use bailiwick_kernel::Tier;
use bailiwick_kernel::id::{JobId, OrgId};
use bailiwick_pg::Schema;
use bailiwick_pg::Tx;
use bailiwick_store::audit::Fact;
use bailiwick_store::tombstones::{self, Kind};
use bailiwick_store::{jobs as queue, memberships, migrations, organizations, placements};
use serde_json::json;

use crate::jobs::{MoveTenant, Provision};
use crate::{App, Error, Result};

/// Where a provisioning stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// The organization.
    pub org: OrgId,
    /// `PENDING`, `IN_PROGRESS`, `COMPLETED` or `FAILED`; `UPGRADING` or `DOWNGRADING` on a move.
    pub status: String,
    /// The schema, once there is one.
    pub schema: Option<String>,
}

/// Adds the job that makes `org`'s tenant, in the transaction that made `org`.
///
/// # Errors
/// The database's.
pub async fn enqueue(app: &App, tx: &mut Tx, org: OrgId) -> Result<()> {
    let now = app.env().now();
    let id = JobId::from(app.env().uuid());
    queue::enqueue(tx, id, &Provision::of(org, now), now).await?;
    Ok(())
}

/// Makes `org`'s tenant. Does nothing where it is made, or the organization is gone.
///
/// # Errors
/// The database's; a schema is to be made and this process may not.
pub async fn run(app: &App, org: OrgId) -> Result<()> {
    let now = app.env().now();
    let mut tx = app.store().control().await?;
    let Some(row) = organizations::lock_by_id(&mut tx, org).await? else {
        return Ok(());
    };
    if row.is_deleted || placements::find(&mut tx, org).await?.is_some() {
        return Ok(());
    }
    organizations::set_provisioning(&mut tx, org, "IN_PROGRESS", None, now).await?;
    tx.commit().await?;

    let tier = Tier::from_plan(&row.tier_wanted).unwrap_or(Tier::Starter);
    let schema = match tier {
        Tier::Starter => migrations::shared()?,
        Tier::Pro => own_schema(app, org, &row.clerk_org_id).await?,
    };
    complete(app, org, &row.clerk_org_id, &schema, tier).await
}

/// A schema of the organization's own: made and migrated before anything points to it.
async fn own_schema(app: &App, org: OrgId, clerk_org_id: &str) -> Result<Schema> {
    let owner = app.owner().ok_or_else(|| {
        Error::Inconsistent("a schema is to be made and DATABASE_MIGRATION_URL is not set".into())
    })?;
    for salt in 0..16_u32 {
        let name = migrations::schema_name(clerk_org_id, salt)?;
        if placements::is_free(app.store(), &name, org).await? {
            migrations::migrate_tenant(owner, &name, app.store().modules()).await?;
            return Ok(name);
        }
    }
    Err(Error::Inconsistent(format!(
        "no schema name is free for organization {org}"
    )))
}

/// The last step, one transaction: placement, projection of the members, state and fact.
async fn complete(
    app: &App,
    org: OrgId,
    clerk_org_id: &str,
    schema: &Schema,
    tier: Tier,
) -> Result<()> {
    let now = app.env().now();
    let mut tx = app.store().control().await?;
    // Whoever changes a membership takes the same lock: none is missed, none projected twice.
    tombstones::lock(&mut tx, Kind::Organization, clerk_org_id).await?;
    // Another run may have ended meanwhile, and so may the organization.
    let Some(row) = organizations::lock_by_id(&mut tx, org).await? else {
        return Ok(());
    };
    if row.is_deleted || placements::find(&mut tx, org).await?.is_some() {
        return Ok(());
    }
    let placement = placements::ensure(&mut tx, org, schema, tier.as_str(), now).await?;
    let members = memberships::list_for_projection(&mut tx, org).await?;
    organizations::settle(&mut tx, org, tier.as_str(), now).await?;
    // Another tier may be asked for by now.
    if row.tier_wanted != tier.as_str() {
        let id = JobId::from(app.env().uuid());
        queue::enqueue(&mut tx, id, &MoveTenant::of(org, now), now).await?;
    }
    let store = app.store();
    let mut tenant = store.step_into(tx, &placement, "tenants.provision").await?;
    for (user, role, status) in members {
        tenant.project_member(user, &role, &status, now).await?;
    }
    let object = org.to_string();
    let fact = Fact {
        after: Some(json!({"schema": placement.schema.as_str(), "tier": tier.as_str()})),
        ..Fact::impersonal(
            app.env(),
            "system",
            "tenants.provision",
            ("organization", &object),
        )
    };
    tenant.audit_and_commit(&fact).await?;
    tracing::info!(tenantId = %org, tenantSchema = %placement.schema, "tenant provisioned");
    Ok(())
}

/// Notes that it could not be made; the state is shown and an operator may retry.
///
/// # Errors
/// The database's.
pub async fn fail(app: &App, org: OrgId, reason: &str) -> Result<()> {
    let now = app.env().now();
    let mut tx = app.store().control().await?;
    if organizations::lock_by_id(&mut tx, org).await?.is_none() {
        return Ok(());
    }
    if placements::find(&mut tx, org).await?.is_none() {
        organizations::set_provisioning(&mut tx, org, "FAILED", Some(reason), now).await?;
        metrics::counter!("provisioning_failures").increment(1);
        tracing::error!(tenantId = %org, reason, "provisioning failed");
    }
    tx.commit().await?;
    Ok(())
}

/// What `/internal/orgs/provision` found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Requested {
    /// Made just now.
    Made(Status),
    /// It was there before.
    There(Status),
    /// Somebody is at it.
    UnderWay(Status),
}

/// Makes the tenant of a provider's organization at an operator's request, fetching the
/// organization where the mirror does not have it (TEN-04, C13).
///
/// # Errors
/// `NOT_FOUND` where the provider does not know it either; what provisioning itself answers.
pub async fn request(app: &App, clerk_org_id: &str) -> Result<Requested> {
    let mut before = status(app, clerk_org_id).await?;
    if before.is_none() && crate::sync::fetch::organization(app, clerk_org_id).await? {
        before = status(app, clerk_org_id).await?;
    }
    let before = before.ok_or_else(bailiwick_kernel::Problem::not_found)?;
    if before.schema.is_some() {
        return Ok(Requested::There(before));
    }
    // The job goes on where this request does not: its client may leave, and so may the database.
    let mut tx = app.store().control().await?;
    enqueue(app, &mut tx, before.org).await?;
    tx.commit().await?;
    if before.status == "IN_PROGRESS" {
        app.wake_worker();
        return Ok(Requested::UnderWay(before));
    }
    run(app, before.org).await?;
    let after = status(app, clerk_org_id).await?;
    Ok(Requested::Made(
        after.ok_or_else(bailiwick_kernel::Problem::not_found)?,
    ))
}

async fn status(app: &App, clerk_org_id: &str) -> Result<Option<Status>> {
    let mut tx = app.store().control().await?;
    let Some(row) = organizations::lock(&mut tx, clerk_org_id).await? else {
        return Ok(None);
    };
    if row.is_deleted {
        return Ok(None);
    }
    let placement = placements::find(&mut tx, row.id).await?;
    Ok(Some(Status {
        org: row.id,
        status: row.provisioning_status,
        schema: placement.map(|p| p.schema.to_string()),
    }))
}
