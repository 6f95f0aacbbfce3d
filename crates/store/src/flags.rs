//! Feature flags: what is switched on for everybody, and what for one organization otherwise.

use bailiwick_kernel::id::{OrgId, UserId};
use bailiwick_pg::{Row, Tx, sql};
use jiff::Timestamp;
use uuid::Uuid;

use crate::{Result, Store};

/// Flags there are at most: they are read all at once, with every page.
pub const FLAGS_MAX: i64 = 500;

sql! {
    /// All flags, by key.
    LIST(INT8) = "
        select f.key, f.description, f.is_enabled, f.updated_by, f.updated_at,
               (select count(1) from control.feature_flag_overrides o where o.key = f.key)
        from control.feature_flags f order by f.key limit $1";
    /// What holds in an organization: its exceptions, else what holds for everybody.
    LIST_IN_FORCE(UUID, INT8) = "
        select f.key, coalesce(o.is_enabled, f.is_enabled) from control.feature_flags f
        left join control.feature_flag_overrides o on o.key = f.key and o.organization_id = $1::uuid
        order by f.key limit $2";
    /// A flag, locked.
    LOCK(TEXT) = "
        select key, description, is_enabled, updated_by, updated_at, 0::int8 from control.feature_flags
        where key = $1 for update";
    /// How many there are.
    COUNT() = "select count(1) from control.feature_flags";
    /// Switches a flag for everybody. Without a description the known one stays.
    UPSERT(TEXT, TEXT, BOOL, UUID, TIMESTAMPTZ) = "
        insert into control.feature_flags (key, description, is_enabled, updated_by, created_at, updated_at)
        values ($1, coalesce($2, ''), $3, $4, $5, $5)
        on conflict (key) do update set description = coalesce($2, feature_flags.description), is_enabled = $3,
          updated_by = $4, updated_at = $5";
    /// Removes a flag with its exceptions.
    DELETE(TEXT) = "delete from control.feature_flags where key = $1";
    /// The exceptions of a flag, by the organization's name.
    LIST_OVERRIDES(TEXT, TEXT, UUID, INT8) = "
        select g.id, g.name, g.slug, o.is_enabled, o.updated_by, o.updated_at
        from control.feature_flag_overrides o join control.organizations g on g.id = o.organization_id
        where o.key = $1 and ($2::text is null or (g.name, g.id) > ($2, $3))
        order by g.name, g.id limit $4";
    /// What an organization's exception is, locked.
    LOCK_OVERRIDE(TEXT, UUID) = "
        select is_enabled from control.feature_flag_overrides where key = $1 and organization_id = $2 for update";
    /// Switches a flag for one organization.
    UPSERT_OVERRIDE(TEXT, UUID, BOOL, UUID, TIMESTAMPTZ) = "
        insert into control.feature_flag_overrides (key, organization_id, is_enabled, updated_by, updated_at)
        values ($1, $2, $3, $4, $5)
        on conflict (key, organization_id) do update set is_enabled = $3, updated_by = $4, updated_at = $5";
    /// Ends an exception.
    DELETE_OVERRIDE(TEXT, UUID) = "
        delete from control.feature_flag_overrides where key = $1 and organization_id = $2";
}

/// A flag.
#[derive(Debug, Clone)]
pub struct Flag {
    /// Its name in code.
    pub key: String,
    /// What it does, for people.
    pub description: String,
    /// Whether it is on for everybody who has no exception.
    pub is_enabled: bool,
    /// Who switched it last.
    pub updated_by: Option<UserId>,
    /// When.
    pub updated_at: Timestamp,
    /// Organizations for which something else holds.
    pub overrides: i64,
}

/// What holds for one organization.
#[derive(Debug, Clone)]
pub struct Override {
    /// The organization.
    pub org: OrgId,
    /// Its name.
    pub name: String,
    /// Its slug.
    pub slug: String,
    /// Whether it is on there.
    pub is_enabled: bool,
    /// Who switched it last.
    pub updated_by: Option<UserId>,
    /// When.
    pub updated_at: Timestamp,
}

impl Store {
    /// All flags, by key.
    ///
    /// # Errors
    /// The database's.
    pub async fn list_flags(&self) -> Result<Vec<Flag>> {
        let rows = self.pool().query(&LIST, &[&FLAGS_MAX]).await?;
        rows.iter().map(decode).collect()
    }

    /// What holds in an organization, by key; for nobody in particular without one.
    ///
    /// # Errors
    /// The database's.
    pub async fn flags_in_force(&self, org: Option<OrgId>) -> Result<Vec<(String, bool)>> {
        let org = org.map(OrgId::uuid);
        let rows = self
            .pool()
            .query(&LIST_IN_FORCE, &[&org, &FLAGS_MAX])
            .await?;
        rows.iter()
            .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
            .collect()
    }

    /// A page of a flag's exceptions after `(name, id)`.
    ///
    /// # Errors
    /// The database's.
    pub async fn list_overrides(
        &self,
        key: &str,
        after: Option<(&str, Uuid)>,
        limit: i64,
    ) -> Result<Vec<Override>> {
        let (name, id) = after.map_or((None, None), |(name, id)| (Some(name), Some(id)));
        let rows = self
            .pool()
            .query(&LIST_OVERRIDES, &[&key, &name, &id, &limit])
            .await?;
        rows.iter()
            .map(|row| {
                Ok(Override {
                    org: OrgId::from(row.try_get::<_, Uuid>(0)?),
                    name: row.try_get(1)?,
                    slug: row.try_get(2)?,
                    is_enabled: row.try_get(3)?,
                    updated_by: row.try_get::<_, Option<Uuid>>(4)?.map(UserId::from),
                    updated_at: row.try_get(5)?,
                })
            })
            .collect()
    }
}

/// A flag, under lock.
///
/// # Errors
/// The database's.
pub async fn lock(tx: &mut Tx, key: &str) -> Result<Option<Flag>> {
    let row = tx.query_opt(&LOCK, &[&key]).await?;
    row.as_ref().map(decode).transpose()
}

/// How many flags there are.
///
/// # Errors
/// The database's.
pub async fn count(tx: &mut Tx) -> Result<i64> {
    tx.query_one(&COUNT, &[]).await?.try_get(0)
}

/// Switches a flag for everybody, and makes it where there is none.
///
/// # Errors
/// The database's.
pub async fn set(
    tx: &mut Tx,
    key: &str,
    description: Option<&str>,
    is_enabled: bool,
    by: UserId,
    now: Timestamp,
) -> Result<()> {
    tx.execute(
        &UPSERT,
        &[&key, &description, &is_enabled, &by.uuid(), &now],
    )
    .await?;
    Ok(())
}

/// Removes a flag with its exceptions; `false` where there is none.
///
/// # Errors
/// The database's.
pub async fn delete(tx: &mut Tx, key: &str) -> Result<bool> {
    Ok(tx.execute(&DELETE, &[&key]).await? == 1)
}

/// What an organization's exception is, under lock; none where it has none.
///
/// # Errors
/// The database's.
pub async fn lock_override(tx: &mut Tx, key: &str, org: OrgId) -> Result<Option<bool>> {
    let row = tx.query_opt(&LOCK_OVERRIDE, &[&key, &org.uuid()]).await?;
    row.map(|row| row.try_get(0)).transpose()
}

/// Switches a flag for one organization.
///
/// # Errors
/// The database's.
pub async fn set_override(
    tx: &mut Tx,
    key: &str,
    org: OrgId,
    is_enabled: bool,
    by: UserId,
    now: Timestamp,
) -> Result<()> {
    tx.execute(
        &UPSERT_OVERRIDE,
        &[&key, &org.uuid(), &is_enabled, &by.uuid(), &now],
    )
    .await?;
    Ok(())
}

/// Ends an organization's exception; `false` where it has none.
///
/// # Errors
/// The database's.
pub async fn delete_override(tx: &mut Tx, key: &str, org: OrgId) -> Result<bool> {
    Ok(tx.execute(&DELETE_OVERRIDE, &[&key, &org.uuid()]).await? == 1)
}

fn decode(row: &Row) -> Result<Flag> {
    Ok(Flag {
        key: row.try_get(0)?,
        description: row.try_get(1)?,
        is_enabled: row.try_get(2)?,
        updated_by: row.try_get::<_, Option<Uuid>>(3)?.map(UserId::from),
        updated_at: row.try_get(4)?,
        overrides: row.try_get(5)?,
    })
}
