//! All organizations, and tenants that could not be made.

use bailiwick_kernel::id::OrgId;
use bailiwick_kernel::page::{Cursor, Page, PageQuery};
use bailiwick_kernel::{Code, Problem, Tier};
use bailiwick_store::fleet::tenants::Tenant;
use bailiwick_store::organizations as rows;
use bailiwick_store::platform::organizations::{Detail, Filter, Job, Organization};
use serde_json::json;

use super::Operator;
use crate::people::People;
use crate::{Result, jobs, moves, provisioning};

/// An organization with the work that is left to do for it.
#[derive(Debug)]
pub struct Found {
    /// The organization.
    pub detail: Detail,
    /// Its tenant: where it lives and ought to, at which version, and on which move.
    pub tenant: Option<Tenant>,
    /// The job that makes its tenant, while that is not made.
    pub job: Option<Job>,
    /// Who owns it, twenty at most.
    pub owners: Vec<bailiwick_kernel::id::UserId>,
    /// Their names.
    pub people: People,
}

/// A page of organizations, by name.
///
/// # Errors
/// A cursor of another list; the database's.
pub async fn list(
    operator: &Operator,
    filter: &Filter,
    query: &PageQuery,
) -> Result<Page<Organization>> {
    let after = query.cursor.as_ref();
    let after = after.map(|c| c.key::<String>().map(|name| (name, c.id())));
    let after = after.transpose()?;
    let after = after.as_ref().map(|(name, id)| (name.as_str(), *id));
    let store = operator.app().store();
    let found = store
        .all_organizations(filter, after, query.limit.fetch())
        .await?;
    Ok(Page::cut(found, query.limit, |o| {
        Cursor::after(&o.name, o.id.uuid())
    }))
}

/// One organization, also when deleted.
///
/// # Errors
/// `NOT_FOUND`; the database's.
pub async fn get(operator: &Operator, id: OrgId) -> Result<Found> {
    let app = operator.app();
    let detail = app.store().organization_detail(id).await?;
    let detail = detail.ok_or_else(Problem::not_found)?;
    let tenant = app.store().find_tenant(&id.to_string()).await?;
    let job = match detail.home {
        Some(_) => None,
        None => app.store().find_job(&jobs::Provision::key(id)).await?,
    };
    let top = app.pack().role_key(app.pack().top_role());
    let owners = app.store().holders_of(id, top).await?;
    let people = app.people(owners.iter().copied()).await?;
    Ok(Found {
        detail,
        tenant,
        job,
        owners,
        people,
    })
}

/// Has the tenant of an organization made, where that failed or is forgotten; or moved to where it
/// ought to live, where that was given up. Asking twice makes it once.
///
/// # Errors
/// `NOT_FOUND`; `CONFLICT_PROVISIONED` where it is made and where it ought to be; `CONFLICT` where the organization was
/// deleted.
pub async fn retry_provisioning(operator: &Operator, id: OrgId) -> Result<Found> {
    let app = operator.app();
    let now = app.env().now();
    let mut tx = operator.begin().await?;
    let row = rows::lock_by_id(&mut tx, id).await?;
    let row = row.ok_or_else(Problem::not_found)?;
    if row.is_deleted {
        let detail = "The organization was deleted.";
        return Err(Problem::conflict().detail(detail).into());
    }
    let before = row.provisioning_status;
    match before.as_str() {
        "PENDING" | "IN_PROGRESS" => provisioning::enqueue(app, &mut tx, id).await?,
        "FAILED" => {
            rows::set_provisioning(&mut tx, id, "PENDING", None, now).await?;
            provisioning::enqueue(app, &mut tx, id).await?;
        }
        _ if row.tier == row.tier_wanted => {
            return Err(Problem::new(Code::ConflictProvisioned).into());
        }
        _ => {
            let tier = Tier::from_plan(&row.tier_wanted).unwrap_or(Tier::Starter);
            moves::want(app, &mut tx, id, tier).await?;
        }
    }
    let object = id.to_string();
    let was = json!({"provisioningStatus": before});
    let object = ("organization", object.as_str());
    operator
        .record(
            &mut tx,
            "platform.retry_provisioning",
            object,
            Some(was),
            None,
        )
        .await?;
    tx.commit().await?;
    app.wake_worker();
    get(operator, id).await
}
