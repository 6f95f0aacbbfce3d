//! Where tenants live.

use bailiwick_kernel::id::{MembershipId, OrgId, UserId};
use bailiwick_pg::{Row, Schema, Tx, sql};
use jiff::Timestamp;
use uuid::Uuid;

use crate::tenant::Placement;
use crate::{Error, Result, Store};

sql! {
    /// The home of a tenant.
    FIND(UUID) = "select organization_id, schema_name, epoch from control.placements where organization_id = $1";
    /// Records a home. Nothing happens where there is one.
    INSERT(UUID, TEXT, TEXT, TIMESTAMPTZ) = "
        insert into control.placements (organization_id, schema_name, tier, created_at, updated_at)
        values ($1, $2, $3, $4, $4) on conflict (organization_id) do nothing";
    /// Whether another tenant has a schema, or had it and it is still there.
    TAKEN(TEXT, UUID) = "
        select exists (select 1 from control.placements where schema_name = $1 and organization_id <> $2)
            or exists (select 1 from control.removals where schema_name = $1 and step in ('ROWS', 'SCHEMA'))";
    /// The homes of a user's other organizations, with the membership that opens each.
    OTHERS(UUID, UUID) = "
        select p.organization_id, p.schema_name, p.epoch, m.id, m.version, m.role, m.grants
        from control.memberships m
        join control.organizations o on o.id = m.organization_id and o.deleted_at is null
        join control.placements p on p.organization_id = m.organization_id
        where m.user_id = $1 and m.organization_id <> $2 and m.status = 'active'
        order by m.joined_at limit 20";
    /// Every schema that a tenant lives in.
    SCHEMAS() = "select distinct schema_name from control.placements order by schema_name limit 1000000";
}

/// A tenant that a user is an active member of.
#[derive(Debug, Clone)]
pub struct OtherTenant {
    /// Its home.
    pub placement: Placement,
    /// The membership.
    pub membership: MembershipId,
    /// The membership's version.
    pub version: i64,
    /// The org role's key.
    pub role: String,
    /// What the membership was granted beside it, as stored.
    pub grants: serde_json::Value,
}

impl Store {
    /// The tenants that `user` is an active member of beside `org`, twenty at most.
    ///
    /// # Errors
    /// The database's.
    pub async fn other_tenants(&self, user: UserId, org: OrgId) -> Result<Vec<OtherTenant>> {
        let rows = self
            .pool()
            .query(&OTHERS, &[&user.uuid(), &org.uuid()])
            .await?;
        rows.into_iter()
            .map(|row| {
                Ok(OtherTenant {
                    membership: MembershipId::from(row.try_get::<_, Uuid>(3)?),
                    version: row.try_get(4)?,
                    role: row.try_get(5)?,
                    grants: row.try_get(6)?,
                    placement: decode(row)?,
                })
            })
            .collect()
    }

    /// The home of a tenant, once it is ready.
    ///
    /// # Errors
    /// The database's.
    pub async fn find_placement(&self, org: OrgId) -> Result<Option<Placement>> {
        self.pool()
            .query_opt(&FIND, &[&org.uuid()])
            .await?
            .map(decode)
            .transpose()
    }

    /// The schemas of all tenants.
    ///
    /// # Errors
    /// The database's.
    pub async fn tenant_schemas(&self) -> Result<Vec<Schema>> {
        let rows = self.pool().query(&SCHEMAS, &[]).await?;
        rows.iter().map(|row| schema(row.try_get(0)?)).collect()
    }
}

/// The home of a tenant, inside a transaction.
///
/// # Errors
/// The database's.
pub async fn find(tx: &mut Tx, org: OrgId) -> Result<Option<Placement>> {
    tx.query_opt(&FIND, &[&org.uuid()])
        .await?
        .map(decode)
        .transpose()
}

/// Whether no other tenant than `org` has `schema`.
///
/// # Errors
/// The database's.
pub async fn is_free(store: &Store, schema: &Schema, org: OrgId) -> Result<bool> {
    let row = store
        .pool()
        .query_one(&TAKEN, &[&schema.as_str(), &org.uuid()])
        .await?;
    Ok(!row.try_get::<_, bool>(0)?)
}

/// Records a home, where there is none, and answers the one that holds.
///
/// # Errors
/// The database's; the schema is another tenant's.
pub async fn ensure(
    tx: &mut Tx,
    org: OrgId,
    schema: &Schema,
    tier: &str,
    now: Timestamp,
) -> Result<Placement> {
    tx.execute(&INSERT, &[&org.uuid(), &schema.as_str(), &tier, &now])
        .await?;
    decode(tx.query_one(&FIND, &[&org.uuid()]).await?)
}

fn decode(row: Row) -> Result<Placement> {
    Ok(Placement {
        tenant: OrgId::from(row.try_get::<_, Uuid>(0)?),
        schema: schema(row.try_get(1)?)?,
        epoch: row.try_get(2)?,
    })
}

fn schema(name: &str) -> Result<Schema> {
    Schema::new(name).map_err(|e| Error::Config(e.to_string()))
}
