//! The schemas of all tenants, and at which version each is.
//!
//! What stands in `control.tenant_schemas` is written by the transaction that migrates a schema, so
//! that it costs one query to know what is left to do. The owner's pool writes; who serves reads.

pub mod rows;
pub mod tenants;
pub mod verify;

use bailiwick_pg::{Pool, Row, Schema, migrate, sql};

use crate::migrations::{self, CONTROL, ModuleTree, SHARED, TENANT};
use crate::{Error, Result, Store};

sql! {
    /// Schemas of tenants' own that are not as `$1` says; those that failed before come last, and
    /// with `$2` they alone.
    BEHIND(INT8, BOOL) = "
        select s.schema_name, coalesce(r.version, 0), r.last_error
        from (select schema_name from control.placements where schema_name <> 'tenant_shared'
              union select schema_name from control.tenant_schemas where schema_name <> 'tenant_shared') s
        left join control.tenant_schemas r on r.schema_name = s.schema_name
        where r.fingerprint is distinct from $1 and (not $2 or r.failed_at is not null)
        order by r.failed_at nulls first, s.schema_name limit 1000000";
    /// The same where nothing was ever noted.
    PLACED() = "
        select schema_name, 0, null from control.placements where schema_name <> 'tenant_shared'
        order by schema_name limit 1000000";
    /// How many schemas of tenants' own there are, how many are not as `$1` says, and how many of
    /// those failed.
    CENSUS(INT8) = "
        select count(1), count(1) filter (where fingerprint <> $1),
               count(1) filter (where fingerprint <> $1 and failed_at is not null)
        from control.tenant_schemas where schema_name <> 'tenant_shared'";
    /// A migration failed. The first to fail may be one that nothing is known of.
    FAILED(TEXT, TEXT) = "
        insert into control.tenant_schemas as s (schema_name, failed_at, last_error, attempts)
        values ($1, now(), left($2, 2000), 1)
        on conflict (schema_name) do update
        set failed_at = excluded.failed_at, last_error = excluded.last_error, attempts = s.attempts + 1";
    /// The schema that the organization with this slug, or this provider's id, lives in.
    SCHEMA_OF(TEXT) = "
        select p.schema_name from control.placements p join control.organizations o on o.id = p.organization_id
        where (o.slug = $1 or o.clerk_org_id = $1) and o.deleted_at is null limit 1";
    /// A schema that is gone, and that no tenant lives in, is not known any more.
    FORGET(TEXT) = "
        delete from control.tenant_schemas r where r.schema_name = $1
          and not exists (select 1 from control.placements p where p.schema_name = $1)";
}

/// A schema that a migration has something to do in.
#[derive(Debug, Clone)]
pub struct Behind {
    /// The schema.
    pub schema: Schema,
    /// The newest migration of ours in it, as far as is known.
    pub version: i32,
    /// Why the last try failed.
    pub last_error: Option<String>,
}

/// How a fleet is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Census {
    /// Schemas of tenants' own.
    pub schemas: i64,
    /// Of these not at our version.
    pub behind: i64,
    /// Of these, where a migration failed.
    pub failed: i64,
}

impl Store {
    /// How many schemas of tenants' own are not at our version.
    ///
    /// # Errors
    /// The database's.
    pub async fn fleet_census(&self) -> Result<Census> {
        let fingerprint = migrations::fingerprint(self.modules());
        let row = self.pool().query_one(&CENSUS, &[&fingerprint]).await?;
        Ok(Census {
            schemas: row.try_get(0)?,
            behind: row.try_get(1)?,
            failed: row.try_get(2)?,
        })
    }
}

/// Schemas of tenants' own in which there is something to do, the failed ones last; `only_failed`:
/// those alone. One query, however many there are.
///
/// # Errors
/// The database's.
pub async fn behind(
    owner: &Pool,
    modules: &[ModuleTree],
    only_failed: bool,
) -> Result<Vec<Behind>> {
    let fingerprint = migrations::fingerprint(modules);
    let rows = owner.query(&BEHIND, &[&fingerprint, &only_failed]).await?;
    rows.iter().map(decode).collect()
}

fn decode(row: &Row) -> Result<Behind> {
    Ok(Behind {
        schema: schema(row.try_get(0)?)?,
        version: row.try_get(1)?,
        last_error: row.try_get(2)?,
    })
}

fn schema(name: &str) -> Result<Schema> {
    Schema::new(name).map_err(|e| Error::Config(e.to_string()))
}

/// The schema of an organization's own, by its slug, the provider's id, or the schema's name.
///
/// # Errors
/// The database's.
pub async fn find(owner: &Pool, name: &str) -> Result<Option<Schema>> {
    if let Some(row) = owner.query_opt(&SCHEMA_OF, &[&name]).await? {
        return schema(row.try_get(0)?).map(Some);
    }
    Ok(Schema::new(name)
        .ok()
        .filter(|schema| schema.as_str().starts_with("tenant_")))
}

/// Notes that a schema could not be migrated.
///
/// # Errors
/// The database's.
pub async fn note_failure(owner: &Pool, schema: &Schema, error: &str) -> Result<()> {
    owner.execute(&FAILED, &[&schema.as_str(), &error]).await?;
    Ok(())
}

/// Forgets a schema that is gone. `false` where a tenant lives there: then it should not be gone.
///
/// # Errors
/// The database's.
pub async fn forget(owner: &Pool, schema: &Schema) -> Result<bool> {
    Ok(owner.execute(&FORGET, &[&schema.as_str()]).await? == 1)
}

/// What a migration would do, before any of it.
#[derive(Debug, Clone)]
pub struct Plan {
    /// Migrations of `control` that did not run, by name.
    pub control: Vec<&'static str>,
    /// Migrations of the shared schema that did not run: of ours and of modules, by name.
    pub shared: Vec<String>,
    /// Schemas of tenants' own in which there is something to do.
    pub tenants: Vec<Behind>,
}

impl Plan {
    /// Whether there is nothing to do.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.control.is_empty() && self.shared.is_empty() && self.tenants.is_empty()
    }
}

/// Looks what a migration would do, and does nothing.
///
/// # Errors
/// The database's.
pub async fn plan(owner: &Pool, modules: &[ModuleTree], only_failed: bool) -> Result<Plan> {
    let known = migrate::versions(owner, "control").await?;
    let missing = CONTROL.iter().filter(|m| !known.contains_key(&m.version));
    let control: Vec<&str> = missing.map(|m| m.name).collect();
    let mut shared = Vec::new();
    for tree in migrations::trees(modules) {
        let known = migrate::versions_recorded_in(owner, SHARED, &tree.ledger).await?;
        let missing = tree.migrations.iter();
        let missing = missing.filter(|m| !known.contains_key(&m.version));
        shared.extend(missing.map(|m| format!("{} {} {}", tree.ledger, m.version, m.name)));
    }
    let tenants = match (known.is_empty(), control.contains(&"fleet")) {
        (true, _) => Vec::new(),
        (false, true) => owner
            .query(&PLACED, &[])
            .await?
            .iter()
            .map(decode)
            .collect::<Result<_>>()?,
        (false, false) => behind(owner, modules, only_failed).await?,
    };
    Ok(Plan {
        control,
        shared,
        tenants,
    })
}

/// The newest migration of ours in a tenant's schema.
#[must_use]
pub fn newest() -> i32 {
    TENANT.last().map_or(0, |m| m.version)
}
