//! The provider's own roles and permissions, as its instance defines them. Nothing here grants
//! anything: what a role may do is the policy's word.

use bailiwick_pg::{Tx, sql};
use jiff::Timestamp;

use crate::Result;

sql! {
    /// A role's newer state. What is deleted stays deleted.
    UPSERT_ROLE(TEXT, TEXT, TEXT, TEXT_ARRAY, TIMESTAMPTZ, TIMESTAMPTZ) = "
        insert into control.provider_roles (clerk_role_id, key, name, permissions, clerk_updated_at, updated_at)
        values ($1, $2, $3, $4, $5, $6)
        on conflict (clerk_role_id) do update set key = excluded.key, name = excluded.name,
               permissions = excluded.permissions, clerk_updated_at = excluded.clerk_updated_at,
               updated_at = excluded.updated_at
        where provider_roles.deleted_at is null
          and provider_roles.clerk_updated_at < excluded.clerk_updated_at";
    /// A role is gone, also where it was never seen.
    DELETE_ROLE(TEXT, TIMESTAMPTZ, TIMESTAMPTZ) = "
        insert into control.provider_roles (clerk_role_id, key, name, clerk_updated_at, deleted_at, updated_at)
        values ($1, '', '', $2, $2, $3)
        on conflict (clerk_role_id) do update set deleted_at = excluded.deleted_at,
               clerk_updated_at = excluded.clerk_updated_at, updated_at = excluded.updated_at
        where provider_roles.deleted_at is null";
    /// A permission's newer state. What is deleted stays deleted.
    UPSERT_PERMISSION(TEXT, TEXT, TEXT, TIMESTAMPTZ, TIMESTAMPTZ) = "
        insert into control.provider_permissions (clerk_permission_id, key, name, clerk_updated_at, updated_at)
        values ($1, $2, $3, $4, $5)
        on conflict (clerk_permission_id) do update set key = excluded.key, name = excluded.name,
               clerk_updated_at = excluded.clerk_updated_at, updated_at = excluded.updated_at
        where provider_permissions.deleted_at is null
          and provider_permissions.clerk_updated_at < excluded.clerk_updated_at";
    /// A permission is gone, also where it was never seen.
    DELETE_PERMISSION(TEXT, TIMESTAMPTZ, TIMESTAMPTZ) = "
        insert into control.provider_permissions (clerk_permission_id, key, name, clerk_updated_at, deleted_at, updated_at)
        values ($1, '', '', $2, $2, $3)
        on conflict (clerk_permission_id) do update set deleted_at = excluded.deleted_at,
               clerk_updated_at = excluded.clerk_updated_at, updated_at = excluded.updated_at
        where provider_permissions.deleted_at is null";
}

/// A role or a permission as the provider describes it.
#[derive(Debug, Clone, Copy)]
pub struct Described<'a> {
    /// The provider's id.
    pub id: &'a str,
    /// `org:admin`, `org:reports:read`.
    pub key: &'a str,
    /// How people call it.
    pub name: &'a str,
    /// The provider's `updated_at`.
    pub updated_at: Timestamp,
}

/// Writes a role with the keys of its permissions; `false` where this is no news.
///
/// # Errors
/// The database's.
pub async fn upsert_role(
    tx: &mut Tx,
    role: Described<'_>,
    permissions: &[&str],
    now: Timestamp,
) -> Result<bool> {
    let n = tx
        .execute(
            &UPSERT_ROLE,
            &[
                &role.id,
                &role.key,
                &role.name,
                &permissions,
                &role.updated_at,
                &now,
            ],
        )
        .await?;
    Ok(n == 1)
}

/// Remembers that a role is gone for good; `false` where this is no news.
///
/// # Errors
/// The database's.
pub async fn delete_role(tx: &mut Tx, id: &str, at: Timestamp, now: Timestamp) -> Result<bool> {
    Ok(tx.execute(&DELETE_ROLE, &[&id, &at, &now]).await? == 1)
}

/// Writes a permission; `false` where this is no news.
///
/// # Errors
/// The database's.
pub async fn upsert_permission(
    tx: &mut Tx,
    permission: Described<'_>,
    now: Timestamp,
) -> Result<bool> {
    let n = tx
        .execute(
            &UPSERT_PERMISSION,
            &[
                &permission.id,
                &permission.key,
                &permission.name,
                &permission.updated_at,
                &now,
            ],
        )
        .await?;
    Ok(n == 1)
}

/// Remembers that a permission is gone for good; `false` where this is no news.
///
/// # Errors
/// The database's.
pub async fn delete_permission(
    tx: &mut Tx,
    id: &str,
    at: Timestamp,
    now: Timestamp,
) -> Result<bool> {
    Ok(tx.execute(&DELETE_PERMISSION, &[&id, &at, &now]).await? == 1)
}
