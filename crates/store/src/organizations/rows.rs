//! The rows of organizations, as transactions lock and write them.

use bailiwick_kernel::id::OrgId;
use bailiwick_pg::{Row, Tx, sql};
use jiff::Timestamp;
use uuid::Uuid;

use super::Details;
use crate::Result;

sql! {
    /// An organization by provider id, locked, also when deleted.
    LOCK_BY_CLERK_ID(TEXT) = "
        select id, clerk_updated_at, deleted_at, provisioning_status, tier, clerk_created_by, clerk_org_id, tier_wanted
        from control.organizations where clerk_org_id = $1 for update";
    /// An organization by id, locked, also when deleted.
    LOCK(UUID) = "
        select id, clerk_updated_at, deleted_at, provisioning_status, tier, clerk_created_by, clerk_org_id, tier_wanted
        from control.organizations where id = $1 for update";
    /// The provider's id of an organization.
    CLERK_ORG_ID(UUID) = "select clerk_org_id from control.organizations where id = $1";
    /// Whoever else holds a slug gives it up: the provider has given it to another. What stands in
    /// for it ends with the random part of the id: the first part is a time, and several that were
    /// made in one minute share it.
    YIELD_SLUG(TEXT, TEXT) = "
        update control.organizations set slug = slug || '-' || right(id::text, 12)
        where slug = $1 and clerk_org_id <> $2 and deleted_at is null";
    /// A new organization.
    INSERT(UUID, TEXT, TEXT, TEXT, TEXT, TEXT, TIMESTAMPTZ, TIMESTAMPTZ, BOOL) = "
        insert into control.organizations (id, clerk_org_id, name, slug, image_url, clerk_created_by,
                                           clerk_updated_at, created_at, updated_at, is_personal)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $8, $9)
        on conflict (clerk_org_id) do nothing";
    /// The provider's newer state.
    UPDATE(UUID, TEXT, TEXT, TEXT, TEXT, TIMESTAMPTZ, TIMESTAMPTZ) = "
        update control.organizations set name = $2, slug = $3, image_url = $4,
               clerk_created_by = coalesce($5, clerk_created_by), clerk_updated_at = $6, updated_at = $7
        where id = $1";
    /// Deleted at the provider. Data is kept; access ends with the memberships' versions.
    DELETE(UUID, TIMESTAMPTZ, TIMESTAMPTZ) = "
        update control.organizations set deleted_at = $3, clerk_updated_at = $2, updated_at = $3
        where id = $1 and deleted_at is null";
    /// Moves the state of provisioning.
    SET_PROVISIONING(UUID, TEXT, TEXT, TIMESTAMPTZ) = "
        update control.organizations set provisioning_status = $2, provisioning_error = $3, updated_at = $4
        where id = $1";
    /// What the provider does not keep; settings are merged by their keys.
    DESCRIBE(UUID, TEXT, TEXT, TEXT, JSONB, TIMESTAMPTZ) = "
        update control.organizations set description = coalesce($2, description), org_type = coalesce($3, org_type),
               tax_id = coalesce($4, tax_id), settings = jsonb_strip_nulls(settings || $5), updated_at = $6
        where id = $1";
    /// Made by itself for one person.
    SET_PERSONAL(UUID, TIMESTAMPTZ) = "
        update control.organizations set is_personal = true, updated_at = $2 where id = $1";
    /// The tier that the next provisioning gives.
    SET_TIER(UUID, TEXT, TIMESTAMPTZ) = "
        update control.organizations set tier = $2, tier_wanted = $2, updated_at = $3 where id = $1";
    /// The tier that the plan, or an operator, asks for.
    WANT_TIER(UUID, TEXT, TIMESTAMPTZ) = "
        update control.organizations set tier_wanted = $2, updated_at = $3 where id = $1 and tier_wanted <> $2";
    /// The tenant lives in this tier now.
    SETTLE(UUID, TEXT, TIMESTAMPTZ) = "
        update control.organizations set tier = $2, provisioning_status = 'COMPLETED', provisioning_error = null,
               updated_at = $3
        where id = $1";
}

/// What the provider says of an organization.
#[derive(Debug, Clone)]
pub struct Profile<'a> {
    /// The provider's id.
    pub clerk_org_id: &'a str,
    /// Its name.
    pub name: &'a str,
    /// Its slug.
    pub slug: &'a str,
    /// A logo.
    pub image_url: Option<&'a str>,
    /// The provider's id of who made it.
    pub created_by: Option<&'a str>,
    /// The provider's `updated_at`.
    pub updated_at: Timestamp,
}

/// An organization's row under lock.
#[derive(Debug, Clone)]
pub struct Locked {
    /// Our id.
    pub id: OrgId,
    /// The provider's time of what the row holds.
    pub clerk_updated_at: Timestamp,
    /// Deleted for good.
    pub is_deleted: bool,
    /// State of provisioning.
    pub provisioning_status: String,
    /// `starter` or `pro`.
    pub tier: String,
    /// The provider's id of who made it.
    pub created_by: Option<String>,
    /// The provider's id.
    pub clerk_org_id: String,
    /// The tier that the plan, or an operator, asks for.
    pub tier_wanted: String,
}

/// Locks the row of a provider id.
///
/// # Errors
/// The database's.
pub async fn lock(tx: &mut Tx, clerk_org_id: &str) -> Result<Option<Locked>> {
    tx.query_opt(&LOCK_BY_CLERK_ID, &[&clerk_org_id])
        .await?
        .map(decode_locked)
        .transpose()
}

/// Locks the row of an id.
///
/// # Errors
/// The database's.
pub async fn lock_by_id(tx: &mut Tx, id: OrgId) -> Result<Option<Locked>> {
    tx.query_opt(&LOCK, &[&id.uuid()])
        .await?
        .map(decode_locked)
        .transpose()
}

fn decode_locked(row: Row) -> Result<Locked> {
    Ok(Locked {
        id: OrgId::from(row.try_get::<_, Uuid>(0)?),
        clerk_updated_at: row.try_get(1)?,
        is_deleted: row.try_get::<_, Option<Timestamp>>(2)?.is_some(),
        provisioning_status: row.try_get(3)?,
        tier: row.try_get(4)?,
        created_by: row.try_get(5)?,
        clerk_org_id: row.try_get(6)?,
        tier_wanted: row.try_get(7)?,
    })
}

/// The provider's id of an organization.
///
/// # Errors
/// The database's.
pub async fn clerk_org_id(tx: &mut Tx, id: OrgId) -> Result<Option<String>> {
    let row = tx.query_opt(&CLERK_ORG_ID, &[&id.uuid()]).await?;
    row.map(|row| row.try_get(0)).transpose()
}

/// Inserts; `false` where another transaction was first.
///
/// # Errors
/// The database's.
pub async fn insert(
    tx: &mut Tx,
    id: OrgId,
    p: &Profile<'_>,
    is_personal: bool,
    now: Timestamp,
) -> Result<bool> {
    tx.execute(&YIELD_SLUG, &[&p.slug, &p.clerk_org_id]).await?;
    let inserted = tx
        .execute(
            &INSERT,
            &[
                &id.uuid(),
                &p.clerk_org_id,
                &p.name,
                &p.slug,
                &p.image_url,
                &p.created_by,
                &p.updated_at,
                &now,
                &is_personal,
            ],
        )
        .await?;
    Ok(inserted == 1)
}

/// Writes the provider's newer state.
///
/// # Errors
/// The database's.
pub async fn update(tx: &mut Tx, id: OrgId, p: &Profile<'_>, now: Timestamp) -> Result<()> {
    tx.execute(&YIELD_SLUG, &[&p.slug, &p.clerk_org_id]).await?;
    tx.execute(
        &UPDATE,
        &[
            &id.uuid(),
            &p.name,
            &p.slug,
            &p.image_url,
            &p.created_by,
            &p.updated_at,
            &now,
        ],
    )
    .await?;
    Ok(())
}

/// Marks as deleted.
///
/// # Errors
/// The database's.
pub async fn delete(tx: &mut Tx, id: OrgId, at: Timestamp, now: Timestamp) -> Result<()> {
    tx.execute(&DELETE, &[&id.uuid(), &at, &now]).await?;
    Ok(())
}

/// Moves the state of provisioning.
///
/// # Errors
/// The database's.
pub async fn set_provisioning(
    tx: &mut Tx,
    id: OrgId,
    status: &str,
    error: Option<&str>,
    now: Timestamp,
) -> Result<()> {
    tx.execute(&SET_PROVISIONING, &[&id.uuid(), &status, &error, &now])
        .await?;
    Ok(())
}

/// Sets the tier that provisioning gives.
///
/// # Errors
/// The database's.
pub async fn set_tier(tx: &mut Tx, id: OrgId, tier: &str, now: Timestamp) -> Result<()> {
    tx.execute(&SET_TIER, &[&id.uuid(), &tier, &now]).await?;
    Ok(())
}

/// Sets the tier that the plan, or an operator, asks for; `false` where it is asked for already.
///
/// # Errors
/// The database's.
pub async fn want_tier(tx: &mut Tx, id: OrgId, tier: &str, now: Timestamp) -> Result<bool> {
    let n = tx.execute(&WANT_TIER, &[&id.uuid(), &tier, &now]).await?;
    Ok(n == 1)
}

/// Notes that the tenant lives in `tier` now, ready.
///
/// # Errors
/// The database's.
pub async fn settle(tx: &mut Tx, id: OrgId, tier: &str, now: Timestamp) -> Result<()> {
    tx.execute(&SETTLE, &[&id.uuid(), &tier, &now]).await?;
    Ok(())
}

/// Writes what the provider does not keep.
///
/// # Errors
/// The database's.
pub async fn describe(tx: &mut Tx, id: OrgId, details: &Details, now: Timestamp) -> Result<()> {
    let settings = serde_json::Value::Object(details.settings.clone());
    tx.execute(
        &DESCRIBE,
        &[
            &id.uuid(),
            &details.description,
            &details.org_type,
            &details.tax_id,
            &settings,
            &now,
        ],
    )
    .await?;
    Ok(())
}

/// Notes that it was made by itself for one person.
///
/// # Errors
/// The database's.
pub async fn set_personal(tx: &mut Tx, id: OrgId, now: Timestamp) -> Result<()> {
    tx.execute(&SET_PERSONAL, &[&id.uuid(), &now]).await?;
    Ok(())
}
