//! The plan that an organization is on, and what it follows from.

use bailiwick_kernel::id::OrgId;
use bailiwick_kernel::plan;
use bailiwick_pg::{Row, Tx, sql};
use jiff::Timestamp;
use uuid::Uuid;

use crate::Result;

sql! {
    /// What an organization pays for: what is in force first, then what was so last. Nobody has two
    /// hundred plans at once.
    ITEMS(TEXT) = "
        select plan_slug, status, period_start, period_end, clerk_updated_at
        from control.subscription_items where clerk_org_id = $1
        order by status in ('active', 'past_due') desc, clerk_updated_at desc, clerk_item_id limit 200";
    /// An organization's plan, by the provider's id, locked.
    LOCK(TEXT) = "
        select id, plan_slug, plan_until, tier_wanted, deleted_at is not null
        from control.organizations where clerk_org_id = $1 for update";
    /// Another plan.
    SET(UUID, TEXT, TIMESTAMPTZ, TIMESTAMPTZ) = "
        update control.organizations set plan_slug = $2, plan_until = $3, updated_at = $4 where id = $1";
}

/// The plan that an organization is on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The organization.
    pub org: OrgId,
    /// The plan's name at the provider; none where it has none that is known.
    pub plan: Option<String>,
    /// It ends then, unless the provider says otherwise before.
    pub until: Option<Timestamp>,
    /// The tier that is wanted for it.
    pub tier_wanted: String,
    /// Deleted for good.
    pub is_deleted: bool,
}

/// What was told of one item.
#[derive(Debug, Clone)]
pub struct Item {
    plan: Option<String>,
    status: String,
    period_start: Option<Timestamp>,
    period_end: Option<Timestamp>,
    changed_at: Timestamp,
}

impl Item {
    /// As the plan is told from it.
    #[must_use]
    pub fn as_told(&self) -> plan::Item<'_> {
        plan::Item {
            plan: self.plan.as_deref(),
            status: &self.status,
            period_start: self.period_start,
            period_end: self.period_end,
            changed_at: self.changed_at,
        }
    }
}

/// What an organization pays for, by its provider's id.
///
/// # Errors
/// The database's.
pub async fn items(tx: &mut Tx, clerk_org_id: &str) -> Result<Vec<Item>> {
    let rows = tx.query(&ITEMS, &[&clerk_org_id]).await?;
    rows.iter()
        .map(|row| {
            Ok(Item {
                plan: row.try_get(0)?,
                status: row.try_get(1)?,
                period_start: row.try_get(2)?,
                period_end: row.try_get(3)?,
                changed_at: row.try_get(4)?,
            })
        })
        .collect()
}

/// The plan that an organization is on, locked; by its provider's id.
///
/// # Errors
/// The database's.
pub async fn lock(tx: &mut Tx, clerk_org_id: &str) -> Result<Option<Held>> {
    let row = tx.query_opt(&LOCK, &[&clerk_org_id]).await?;
    row.map(|row| decode(&row)).transpose()
}

/// Puts an organization on another plan.
///
/// # Errors
/// The database's.
pub async fn set(
    tx: &mut Tx,
    org: OrgId,
    plan: Option<&str>,
    until: Option<Timestamp>,
    now: Timestamp,
) -> Result<()> {
    tx.execute(&SET, &[&org.uuid(), &plan, &until, &now])
        .await?;
    Ok(())
}

fn decode(row: &Row) -> Result<Held> {
    Ok(Held {
        org: OrgId::from(row.try_get::<_, Uuid>(0)?),
        plan: row.try_get(1)?,
        until: row.try_get(2)?,
        tier_wanted: row.try_get(3)?,
        is_deleted: row.try_get(4)?,
    })
}
