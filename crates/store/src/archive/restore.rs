//! Rows of an archive, written into a tenant.

use std::collections::BTreeMap;

use bailiwick_pg::{Tx, Type, sql};
use jiff::Timestamp;
use uuid::Uuid;

use super::NOT_DATA;
use crate::tables::{self, Table};
use crate::tenant::TenantTx;
use crate::{Error, Result};

/// The projection of memberships: a tenant has it from its first moment on.
const MEMBERS: &str = "members";

sql! {
    /// An archive that is being restored, or was.
    FIND_IMPORT(UUID, TEXT) = "
        select finished_at from control.imports where organization_id = $1 and fingerprint = $2";
    /// It begins, once.
    BEGIN_IMPORT(UUID, TEXT, TIMESTAMPTZ) = "
        insert into control.imports (organization_id, fingerprint, started_at) values ($1, $2, $3)
        on conflict (organization_id, fingerprint) do nothing";
    /// It is over.
    FINISH_IMPORT(UUID, TEXT, TIMESTAMPTZ) = "
        update control.imports set finished_at = $3
        where organization_id = $1 and fingerprint = $2 and finished_at is null";
    /// The users here of the provider's ids.
    USERS_HERE(TEXT_ARRAY) = "
        select clerk_user_id, id from control.users where clerk_user_id = any($1) limit 10000";
    /// Which of these ids are somebody's here.
    TAKEN_HERE(UUID_ARRAY) = "select id from control.users where id = any($1) limit 10000";
}

/// What becomes of the ids in an archive.
#[derive(Debug, Clone, Default)]
pub struct Rewrite {
    /// What keys of objects began with.
    pub old_prefix: String,
    /// What they begin with here.
    pub new_prefix: String,
    /// Members who have another id here.
    pub people: BTreeMap<Uuid, Uuid>,
}

/// Where the restoring of an archive stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stands {
    /// It has not begun.
    New,
    /// It was cut off.
    Begun,
    /// It was restored.
    Over,
}

/// Whether an archive was restored here before.
///
/// # Errors
/// The database's.
pub async fn stands(tx: &mut Tx, org: Uuid, fingerprint: &str) -> Result<Stands> {
    let Some(row) = tx.query_opt(&FIND_IMPORT, &[&org, &fingerprint]).await? else {
        return Ok(Stands::New);
    };
    Ok(match row.try_get::<_, Option<Timestamp>>(0)? {
        Some(_) => Stands::Over,
        None => Stands::Begun,
    })
}

/// Notes that it begins.
///
/// # Errors
/// The database's.
pub async fn begin(tx: &mut Tx, org: Uuid, fingerprint: &str, now: Timestamp) -> Result<()> {
    tx.execute(&BEGIN_IMPORT, &[&org, &fingerprint, &now])
        .await?;
    Ok(())
}

/// The ids here of the provider's users.
///
/// # Errors
/// The database's.
pub async fn users_here(tx: &mut Tx, clerk_ids: &[String]) -> Result<BTreeMap<String, Uuid>> {
    let rows = tx.query(&USERS_HERE, &[&clerk_ids]).await?;
    rows.iter()
        .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
        .collect()
}

/// Those of these ids that are somebody's here.
///
/// # Errors
/// The database's.
pub async fn taken_here(tx: &mut Tx, ids: &[Uuid]) -> Result<Vec<Uuid>> {
    let rows = tx.query(&TAKEN_HERE, &[&ids]).await?;
    rows.iter().map(|row| row.try_get(0)).collect()
}

impl TenantTx {
    /// The tables that an archive may bring rows of.
    ///
    /// # Errors
    /// The database's.
    pub async fn archived_tables(&mut self, schema: &crate::Schema) -> Result<Vec<Table>> {
        let mut tables = tables::of_schema(self.control(), schema).await?;
        tables.retain(|table| table.name != NOT_DATA);
        Ok(tables)
    }

    /// The first table that has a row of the tenant; members are no data of theirs.
    ///
    /// # Errors
    /// The database's.
    pub async fn first_filled(
        &mut self,
        schema: &crate::Schema,
        tables: &[Table],
    ) -> Result<Option<String>> {
        let tenant = self.tenant().uuid();
        for table in tables.iter().filter(|table| table.name != MEMBERS) {
            let name = &table.name;
            let text = format!("select 1 from {schema}.{name} where tenant_id = $1 limit 1");
            let (rows, _) = self.control().ask(&text, &[Type::UUID], &[&tenant]).await?;
            if !rows.is_empty() {
                return Ok(Some(name.clone()));
            }
        }
        Ok(None)
    }

    /// Writes rows of an archive, given as a JSON array of objects with these columns. What is there
    /// by any key of the table stays as it is. Answers how many were written.
    ///
    /// # Errors
    /// The database's; a column that the table does not have.
    pub async fn write_rows(
        &mut self,
        schema: &crate::Schema,
        table: &Table,
        columns: &[String],
        rows: &str,
        rewrite: &Rewrite,
    ) -> Result<u64> {
        let mut values = Vec::with_capacity(columns.len());
        for column in columns {
            if !table.columns.contains(column) {
                let text = format!("{}.{column} is not known here", table.name);
                return Err(Error::Config(text));
            }
            values.push(value(table, column));
        }
        let (name, names, values) = (&table.name, columns.join(", "), values.join(", "));
        let text = format!(
            "insert into {schema}.{name} ({names}) \
             select {values} from jsonb_populate_recordset(null::{schema}.{name}, $2::text::jsonb) r \
             on conflict do nothing returning 1"
        );
        let types = [
            Type::UUID,
            Type::TEXT,
            Type::TEXT,
            Type::TEXT,
            Type::UUID_ARRAY,
            Type::UUID_ARRAY,
        ];
        let tenant = self.tenant().uuid();
        let (from, to): (Vec<Uuid>, Vec<Uuid>) = rewrite.people.iter().unzip();
        let (old, new) = (&rewrite.old_prefix, &rewrite.new_prefix);
        let (_, written) = self
            .control()
            .ask(&text, &types, &[&tenant, &rows, old, new, &from, &to])
            .await?;
        Ok(written)
    }

    /// Notes in the import's own row that it is over.
    ///
    /// # Errors
    /// The database's.
    pub async fn finish_import(&mut self, fingerprint: &str, now: Timestamp) -> Result<()> {
        let org = self.tenant().uuid();
        self.control()
            .execute(&FINISH_IMPORT, &[&org, &fingerprint, &now])
            .await?;
        Ok(())
    }
}

/// What a column is written with: ids of the tenant, of members and of objects are those here.
fn value(table: &Table, column: &str) -> String {
    if column == "tenant_id" {
        return "$1".to_owned();
    }
    if table.name == MEMBERS && column == "status" {
        // Whoever is a member here is one by the provider's word alone, which comes behind.
        return "'removed'".to_owned();
    }
    if table.people.iter().any(|name| name == column) || (table.name == MEMBERS && column == "id") {
        return format!(
            "coalesce((select m.there from unnest($5::uuid[], $6::uuid[]) as m (here, there) \
             where m.here = r.{column} limit 1), r.{column})"
        );
    }
    if column == "s3_key" || column.ends_with("_s3_key") {
        return format!(
            "case when starts_with(r.{column}, $3) then $4 || substr(r.{column}, length($3) + 1) \
             else r.{column} end"
        );
    }
    format!("r.{column}")
}
