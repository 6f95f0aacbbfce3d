//! Tenants as whoever operates the fleet sees them: the organization, its home, and the home's
//! version.

use bailiwick_kernel::id::OrgId;
use bailiwick_pg::{Row, sql};
use jiff::Timestamp;
use uuid::Uuid;

use crate::{Result, Store, migrations};

/// How a tenant is: the word beside [`State`], in the order in which it is decided.
macro_rules! state {
    () => {
        "case when p.schema_name is null then 'none'
              when r.schema_name is null then 'unknown'
              when r.fingerprint = $1 then 'current'
              when r.failed_at is not null then 'failed'
              else 'behind' end"
    };
}

/// One row of [`Tenant`].
macro_rules! tenants {
    () => {
        concat!(
            "select o.id, o.clerk_org_id, o.name, o.slug, o.tier, o.provisioning_status, o.provisioning_error,
                    p.schema_name, p.epoch, r.version, ", state!(), ", r.migrated_at, r.failed_at, r.last_error,
                    o.tier_wanted, m.step, m.rows_done, m.rows_total, m.started_at, m.to_tier
             from control.organizations o
             left join control.placements p on p.organization_id = o.id
             left join control.tenant_schemas r on r.schema_name = p.schema_name
             left join control.moves m on m.organization_id = o.id
             where o.deleted_at is null "
        )
    };
}

sql! {
    /// Tenants by slug; narrowed to a tier, a state of provisioning and a state of the schema.
    LIST(INT8, TEXT, TEXT, TEXT, TEXT, INT8) = concat!(
        tenants!(), "
          and ($2::text is null or o.tier = $2) and ($3::text is null or o.provisioning_status = $3)
          and ($4::text is null or ", state!(), " = $4) and ($5::text is null or o.slug > $5)
        order by o.slug limit $6"
    );
    /// The tenant of the organization with this slug, this id of the provider's or this schema.
    FIND(INT8, TEXT, UUID) = concat!(
        tenants!(), " and (o.slug = $2 or o.clerk_org_id = $2 or o.id = $3
          or (p.schema_name = $2 and p.schema_name <> 'tenant_shared'))
        order by o.slug = $2 desc limit 1"
    );
}

/// A tenant of the fleet.
#[derive(Debug, Clone)]
pub struct Tenant {
    /// Our id of the organization, which is the tenant's.
    pub id: OrgId,
    /// The provider's id.
    pub clerk_org_id: String,
    /// The organization's name.
    pub name: String,
    /// Its place in URLs.
    pub slug: String,
    /// Where it lives: `starter` or `pro`.
    pub tier: String,
    /// Where it ought to live: what its plan, or an operator, asks for.
    pub tier_wanted: String,
    /// State of provisioning, as written in the API.
    pub provisioning_status: String,
    /// Why it could not be made.
    pub provisioning_error: Option<String>,
    /// The schema of its tables, once it is ready.
    pub schema: Option<String>,
    /// How often it has moved, and one.
    pub epoch: Option<i64>,
    /// The newest migration of ours in the schema.
    pub version: Option<i32>,
    /// `current`, `behind`, `failed` (and behind), `unknown` (nothing is noted of its schema) or
    /// `none` (it has no schema).
    pub state: String,
    /// When the schema was brought to that version.
    pub migrated_at: Option<Timestamp>,
    /// When the last migration failed.
    pub failed_at: Option<Timestamp>,
    /// Why.
    pub last_error: Option<String>,
    /// Its way to another tier, where it is on one.
    pub on_move: Option<OnMove>,
}

/// How far a move has come.
#[derive(Debug, Clone)]
pub struct OnMove {
    /// `starter` or `pro`: where it goes.
    pub to_tier: String,
    /// What is done next, as stored.
    pub step: String,
    /// Rows that were copied.
    pub rows_done: i64,
    /// Rows there were when the copying began.
    pub rows_total: i64,
    /// When it began.
    pub started_at: Timestamp,
}

/// Every word of [`Tenant::state`].
pub const STATES: [&str; 5] = ["current", "behind", "failed", "unknown", "none"];

/// Which tenants. What is none does not narrow.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// In this tier.
    pub tier: Option<&'static str>,
    /// In this state of provisioning.
    pub provisioning_status: Option<String>,
    /// With a schema in this state.
    pub state: Option<&'static str>,
}

impl Store {
    /// A page of all tenants after `slug`, by slug.
    ///
    /// # Errors
    /// The database's.
    pub async fn list_tenants(
        &self,
        filter: &Filter,
        after: Option<&str>,
        limit: i64,
    ) -> Result<Vec<Tenant>> {
        let fingerprint = migrations::fingerprint(self.modules());
        let Filter {
            tier,
            provisioning_status,
            state,
        } = filter;
        let rows = self
            .pool()
            .query(
                &LIST,
                &[
                    &fingerprint,
                    tier,
                    provisioning_status,
                    state,
                    &after,
                    &limit,
                ],
            )
            .await?;
        rows.iter().map(decode).collect()
    }

    /// The tenant of the organization with this slug, id, id of the provider's or schema.
    ///
    /// # Errors
    /// The database's.
    pub async fn find_tenant(&self, name: &str) -> Result<Option<Tenant>> {
        let fingerprint = migrations::fingerprint(self.modules());
        let id: Option<Uuid> = name.parse().ok();
        let row = self
            .pool()
            .query_opt(&FIND, &[&fingerprint, &name, &id])
            .await?;
        row.as_ref().map(decode).transpose()
    }
}

fn decode(row: &Row) -> Result<Tenant> {
    Ok(Tenant {
        id: OrgId::from(row.try_get::<_, Uuid>(0)?),
        clerk_org_id: row.try_get(1)?,
        name: row.try_get(2)?,
        slug: row.try_get(3)?,
        tier: row.try_get(4)?,
        provisioning_status: row.try_get(5)?,
        provisioning_error: row.try_get(6)?,
        schema: row.try_get(7)?,
        epoch: row.try_get(8)?,
        version: row.try_get(9)?,
        state: row.try_get(10)?,
        migrated_at: row.try_get(11)?,
        failed_at: row.try_get(12)?,
        last_error: row.try_get(13)?,
        tier_wanted: row.try_get(14)?,
        on_move: match row.try_get::<_, Option<String>>(15)? {
            None => None,
            Some(step) => Some(OnMove {
                step,
                rows_done: row.try_get(16)?,
                rows_total: row.try_get(17)?,
                started_at: row.try_get(18)?,
                to_tier: row.try_get(19)?,
            }),
        },
    })
}
