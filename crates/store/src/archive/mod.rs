//! All rows of a tenant, as they were at one moment: what an archive is made of, and restored from.

pub mod restore;

use bailiwick_kernel::id::{OrgId, UserId};
use bailiwick_pg::{Row, Type, sql};
use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use crate::audit::check::FREEZE;
use crate::tables::{self, Table};
use crate::tenant::{Placement, TenantTx};
use crate::{Error, Result, Store};

/// Rows that one statement reads.
pub const PAGE: i64 = 1000;

/// Where changes of a move are noted: no data of the tenant.
pub(crate) const NOT_DATA: &str = "move_log";

sql! {
    /// What `control` knows of the organization.
    DESCRIBED(UUID) = "
        select clerk_org_id, name, slug, tier, description, org_type, tax_id, settings, is_personal, created_at
        from control.organizations where id = $1";
    /// A page of those whom the tenant's rows may name.
    LIST_MEMBERS(UUID, UUID, INT8) = "
        select id from {t}.members where tenant_id = $1 and ($2::uuid is null or id > $2) order by id limit $3";
    /// Who they are, and what they were in the organization.
    WHO(UUID_ARRAY, UUID) = "
        select u.id, u.clerk_user_id, u.email, u.full_name, m.role, m.status, m.grants
        from control.users u
        left join control.memberships m on m.user_id = u.id and m.organization_id = $2
        where u.id = any($1) order by u.id limit 1000";
}

/// The organization as `control` has it.
#[derive(Debug, Clone)]
pub struct Described {
    /// The provider's id.
    pub clerk_org_id: String,
    /// Its name.
    pub name: String,
    /// Its slug.
    pub slug: String,
    /// `starter` or `pro`.
    pub tier: String,
    /// What is kept here alone.
    pub description: Option<String>,
    /// What kind of company.
    pub org_type: Option<String>,
    /// Its number at the tax office.
    pub tax_id: Option<String>,
    /// Whatever the product keeps for it.
    pub settings: Value,
    /// Made for one person.
    pub is_personal: bool,
    /// When it was first seen.
    pub created_at: Timestamp,
}

/// Somebody whom the tenant's rows may name.
#[derive(Debug, Clone)]
pub struct Known {
    /// Our id.
    pub id: UserId,
    /// The provider's id.
    pub clerk_user_id: Option<String>,
    /// The e-mail.
    pub email: Option<String>,
    /// The name.
    pub name: Option<String>,
    /// The role in the organization; none for who was never a member.
    pub role: Option<String>,
    /// The status there.
    pub status: Option<String>,
    /// What they were granted beside the role.
    pub grants: Option<Value>,
}

/// One moment of a tenant.
pub struct Snapshot {
    tx: TenantTx,
    placement: Placement,
    tables: Vec<Table>,
}

impl Store {
    /// Holds one moment of a tenant. A move of it waits with its switch meanwhile.
    ///
    /// # Errors
    /// The database's; [`Error::Refused`] where the placement does not hold; a table whose rows have
    /// no order, or point to others of the same table.
    pub async fn snapshot(&self, placement: &Placement) -> Result<Snapshot> {
        let mut tx = self.control().await?;
        tx.execute(&FREEZE, &[]).await?;
        let mut tx = self.step_into(tx, placement, "tenants.export").await?;
        let mut tables = tables::of_schema(tx.control(), &placement.schema).await?;
        tables.retain(|table| table.name != NOT_DATA);
        for table in &tables {
            if table.key.is_empty() || table.is_its_own_parent() {
                let text = format!(
                    "{}.{} has no key that orders its rows, or points to itself: it cannot be archived",
                    placement.schema, table.name
                );
                return Err(Error::Config(text));
            }
        }
        Ok(Snapshot {
            tx,
            placement: placement.clone(),
            tables,
        })
    }
}

impl Snapshot {
    /// The tables, those that others point to first.
    #[must_use]
    pub fn tables(&self) -> &[Table] {
        &self.tables
    }

    /// The organization.
    ///
    /// # Errors
    /// The database's.
    pub async fn described(&mut self) -> Result<Described> {
        let org = self.placement.tenant.uuid();
        let row = self.tx.control().query_one(&DESCRIBED, &[&org]).await?;
        Ok(Described {
            clerk_org_id: row.try_get(0)?,
            name: row.try_get(1)?,
            slug: row.try_get(2)?,
            tier: row.try_get(3)?,
            description: row.try_get(4)?,
            org_type: row.try_get(5)?,
            tax_id: row.try_get(6)?,
            settings: row.try_get(7)?,
            is_personal: row.try_get(8)?,
            created_at: row.try_get(9)?,
        })
    }

    /// A page of those whom the rows may name, and the last id; none: that were all.
    ///
    /// # Errors
    /// The database's.
    pub async fn people(&mut self, after: Option<Uuid>) -> Result<(Vec<Known>, Option<Uuid>)> {
        let org: OrgId = self.placement.tenant;
        let rows = self
            .tx
            .query(&LIST_MEMBERS, &[&org.uuid(), &after, &PAGE])
            .await?;
        let ids: Vec<Uuid> = rows
            .iter()
            .map(|row| row.try_get(0))
            .collect::<Result<_>>()?;
        let rows = self.tx.control().query(&WHO, &[&ids, &org.uuid()]).await?;
        let known = rows.iter().map(decode).collect::<Result<_>>()?;
        Ok((known, ids.last().copied()))
    }

    /// A page of a table's rows after a key, each as a JSON object, and the last key; none: that
    /// were all.
    ///
    /// # Errors
    /// The database's.
    pub async fn rows(
        &mut self,
        table: &Table,
        after: Option<&Vec<String>>,
    ) -> Result<(Vec<String>, Option<Vec<String>>)> {
        let (schema, name) = (&self.placement.schema, &table.name);
        let (columns, keys) = (table.columns.join(", "), table.key.join(", "));
        let as_text: Vec<_> = table
            .key
            .iter()
            .map(|key| format!("x.{key}::text"))
            .collect();
        let as_text = as_text.join(", ");
        let bound: Vec<_> = (1..)
            .zip(&table.key_types)
            .map(|(place, ty)| format!("($2::text[])[{place}]::{ty}"))
            .collect();
        let bound = bound.join(", ");
        let order: Vec<_> = table.key.iter().map(|key| format!("x.{key}")).collect();
        let order = order.join(", ");
        let text = format!(
            "select array[{as_text}], to_jsonb(x)::text from (\
               select {columns} from {schema}.{name} where tenant_id = $1 \
               and ($2::text[] is null or ({keys}) > ({bound})) order by {keys} limit $3) x \
             order by {order}"
        );
        let types = [Type::UUID, Type::TEXT_ARRAY, Type::INT8];
        let tenant = self.placement.tenant.uuid();
        let (rows, _) = self
            .tx
            .control()
            .ask(&text, &types, &[&tenant, &after, &PAGE])
            .await?;
        let last = rows.last().map(|row| row.try_get(0)).transpose()?;
        let lines = rows
            .iter()
            .map(|row| row.try_get(1))
            .collect::<Result<_>>()?;
        Ok((lines, last))
    }
}

fn decode(row: &Row) -> Result<Known> {
    Ok(Known {
        id: UserId::from(row.try_get::<_, Uuid>(0)?),
        clerk_user_id: row.try_get(1)?,
        email: row.try_get(2)?,
        name: row.try_get(3)?,
        role: row.try_get(4)?,
        status: row.try_get(5)?,
        grants: row.try_get(6)?,
    })
}
