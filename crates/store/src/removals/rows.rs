//! A tenant's own rows, and its home.

use bailiwick_pg::{Schema, Type, sql};
use jiff::Timestamp;

use super::{Removal, Step, lock_at, note, step};
use crate::migrations::SHARED;
use crate::tables::{self, Table};
use crate::tenant::TenantTx;
use crate::{Result, Store, placements};

/// Rows that one transaction deletes at most: it holds up nobody for longer than that takes.
pub const BATCH: i64 = 500;

/// Where requests with a key are kept.
const IDEMPOTENCY: &str = "control.idempotency";

sql! {
    /// Some of the answers to requests with a key.
    FORGET_REQUESTS(UUID, INT8) = "
        delete from control.idempotency where tenant_id = $1 and (user_id, operation, key) in (
          select user_id, operation, key from control.idempotency where tenant_id = $1 limit $2)";
    /// Where the rows are: the tenant may have moved since it began.
    SETTLE_HOME(UUID, TEXT) = "update control.removals set schema_name = $2 where organization_id = $1";
    /// The tenant's home goes, once nobody is inside.
    CLOSE(UUID) = "select set_config('lock_timeout', '2s', true), control.close_tenant($1)::text";
}

/// What one batch came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Batch {
    /// So many rows of a table are gone.
    Removed(String, u64),
    /// Nothing was left, and the home is gone.
    Closed,
    /// Another has taken the next step already.
    Over,
}

impl Store {
    /// One batch of a tenant's rows: children before parents, and the home at last. Rows in a schema
    /// of one's own are counted and go with it.
    ///
    /// # Errors
    /// The database's, a lock that was not to be had for two seconds among them.
    pub async fn remove_rows(&self, removal: &Removal, now: Timestamp) -> Result<Batch> {
        let mut tx = self.control().await?;
        if lock_at(&mut tx, removal.org, Step::Rows).await?.is_none() {
            return Ok(Batch::Over);
        }
        let Some(placement) = placements::find(&mut tx, removal.org).await? else {
            step(&mut tx, removal.org, Step::Rows, Step::Objects, now).await?;
            tx.commit().await?;
            return Ok(Batch::Closed);
        };
        let schema = placement.schema.clone();
        let is_shared = schema.as_str() == SHARED;
        let mut tenant = self.step_into(tx, &placement, "tenants.remove").await?;
        let tables = tables::of_schema(tenant.control(), &schema).await?;
        if is_shared {
            for table in tables.iter().rev() {
                let gone = tenant.remove_some(&schema, table).await?;
                if gone > 0 {
                    return settle(
                        tenant,
                        removal,
                        format!("{schema}.{}", table.name),
                        gone,
                        now,
                    )
                    .await;
                }
            }
        }
        let id = removal.org.uuid();
        let gone = tenant.execute(&FORGET_REQUESTS, &[&id, &BATCH]).await?;
        if gone > 0 {
            return settle(tenant, removal, IDEMPOTENCY.to_owned(), gone, now).await;
        }
        // Nobody is inside any more from here on: what is counted is all there is.
        tenant.control().query_one(&CLOSE, &[&id]).await?;
        for table in &tables {
            let left = tenant.count(&schema, table).await?;
            if left > 0 && is_shared {
                // Came after the look; the home stays for another batch.
                return Ok(Batch::Removed(table.name.clone(), 0));
            }
            let name = format!("{schema}.{}", table.name);
            note(tenant.control(), removal.org, (&name, left), None, now).await?;
        }
        let home = schema.as_str();
        tenant
            .control()
            .execute(&SETTLE_HOME, &[&id, &home])
            .await?;
        let next = if is_shared {
            Step::Objects
        } else {
            Step::Schema
        };
        step(tenant.control(), removal.org, Step::Rows, next, now).await?;
        tenant.commit().await?;
        Ok(Batch::Closed)
    }
}

async fn settle(
    mut tenant: TenantTx,
    removal: &Removal,
    table: String,
    gone: u64,
    now: Timestamp,
) -> Result<Batch> {
    let count = i64::try_from(gone).unwrap_or(i64::MAX);
    note(tenant.control(), removal.org, (&table, count), None, now).await?;
    tenant.commit().await?;
    Ok(Batch::Removed(table, gone))
}

impl TenantTx {
    /// Some of the tenant's rows of a table; all of them where rows point to others of the table,
    /// since a part of them may hold the rest.
    async fn remove_some(&mut self, schema: &Schema, table: &Table) -> Result<u64> {
        let (name, key) = (&table.name, table.key.join(", "));
        let tenant = self.tenant().uuid();
        let text = format!("delete from {schema}.{name} where tenant_id = $1");
        let (_, gone) = if key.is_empty() || table.is_its_own_parent() {
            let types = [Type::UUID];
            self.control().ask(&text, &types, &[&tenant]).await?
        } else {
            let text = format!(
                "{text} and ({key}) in (select {key} from {schema}.{name} where tenant_id = $1 limit $2)"
            );
            let types = [Type::UUID, Type::INT8];
            self.control()
                .ask(&text, &types, &[&tenant, &BATCH])
                .await?
        };
        Ok(gone)
    }

    async fn count(&mut self, schema: &Schema, table: &Table) -> Result<i64> {
        let text = format!(
            "select count(1) from {schema}.{} where tenant_id = $1",
            table.name
        );
        let tenant = self.tenant().uuid();
        let (rows, _) = self.control().ask(&text, &[Type::UUID], &[&tenant]).await?;
        rows.first().map_or(Ok(0), |row| row.try_get(0))
    }
}
