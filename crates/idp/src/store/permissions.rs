//! Permissions that roles can carry.

use bailiwick_pg::{Row, Tx, sql};
use jiff::Timestamp;

use super::roles::RoleKey;
use super::search::Order;
use super::{Page, after};
use crate::error::Result;

/// A row of `idp.permissions`.
#[derive(Clone, Debug)]
pub struct Permission {
    /// `perm_…`.
    pub id: String,
    /// `org:<feature>:<permission>`.
    pub key: String,
    /// For people.
    pub name: String,
    /// For people.
    pub description: String,
    /// The definition in the settings file that was applied last.
    pub origin: Option<String>,
    /// When it was defined.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

impl Permission {
    /// Whether the product itself asks for it: nobody changes it.
    #[must_use]
    pub fn is_system(&self) -> bool {
        self.key.starts_with("org:sys_")
    }
}

macro_rules! permission_select {
    () => {
        "select id, key, name, description, origin, created_at, updated_at from idp.permissions "
    };
}

sql! {
    /// Permissions that match; `$1` is empty or a part of name, key or description.
    LIST(TEXT, TEXT, BOOL, INT8, INT8) = concat!(permission_select!(), "
        where ($1 = '' or strpos(lower(concat_ws(' ', id, key, name, description)), lower($1)) > 0)
        order by case when $2 = 'created_at' and $3 then created_at end desc,
                 case when $2 = 'created_at' and not $3 then created_at end,
                 case when $2 = 'name' and $3 then lower(name) when $2 = 'key' and $3 then key
                     end desc,
                 case when $2 = 'name' and not $3 then lower(name)
                     when $2 = 'key' and not $3 then key end,
                 id
        limit $4 offset $5");
    /// How many match.
    COUNT(TEXT) = "
        select count(*) from idp.permissions
        where ($1 = '' or strpos(lower(concat_ws(' ', id, key, name, description)), lower($1)) > 0)";
    /// Permissions by key.
    LOAD(TEXT_ARRAY) = concat!(permission_select!(), "where key = any($1) order by key");
    /// Permissions by id.
    LOAD_BY_ID(TEXT_ARRAY) = concat!(permission_select!(), "where id = any($1)");
    /// Those that the settings file once named.
    LIST_OF_FILE() = concat!(permission_select!(), "where origin is not null limit 10000");
    /// A new permission.
    INSERT(TEXT, TEXT, TEXT, TEXT, TEXT, TIMESTAMPTZ) = "
        insert into idp.permissions (id, key, name, description, origin, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $6)";
    /// All of a permission but its id.
    UPDATE(TEXT, TEXT, TEXT, TEXT, TEXT, TIMESTAMPTZ) = "
        update idp.permissions set key = $2, name = $3, description = $4, origin = $5,
            updated_at = $6
        where id = $1";
    /// The roles follow a changed key.
    RENAME_IN_ROLES(TEXT, TEXT) = "
        update idp.roles set permissions = array_replace(permissions, $1, $2)
        where $1 = any(permissions)";
    /// Gone.
    DELETE(TEXT) = "delete from idp.permissions where id = $1";
    /// Gone from the roles too.
    REMOVE_FROM_ROLES(TEXT) = "
        update idp.roles set permissions = array_remove(permissions, $1)
        where $1 = any(permissions)";
}

fn read(row: &Row) -> Permission {
    Permission {
        id: row.get("id"),
        key: row.get("key"),
        name: row.get("name"),
        description: row.get("description"),
        origin: row.get("origin"),
        created_at: row.get("created_at"),
        updated_at: row.get("updated_at"),
    }
}

/// A page of the permissions that match, with how many there are.
pub async fn list(
    tx: &mut Tx,
    query: &str,
    order: Order<RoleKey>,
    page: Page,
) -> Result<(Vec<Permission>, i64)> {
    let (key, descending) = (order.key.name(), order.descending);
    let rows = tx
        .query(
            &LIST,
            &[&query, &key, &descending, &page.limit, &page.offset],
        )
        .await?;
    let count = tx.query_one(&COUNT, &[&query]).await?;
    Ok((rows.iter().map(read).collect(), count.get(0)))
}

/// Permissions in the order of their keys; unknown keys are left out.
pub async fn load(tx: &mut Tx, keys: &[String]) -> Result<Vec<Permission>> {
    Ok(tx.query(&LOAD, &[&keys]).await?.iter().map(read).collect())
}

/// Permissions by id; unknown ids are left out.
pub async fn load_by_id(tx: &mut Tx, ids: &[String]) -> Result<Vec<Permission>> {
    let rows = tx.query(&LOAD_BY_ID, &[&ids]).await?;
    Ok(rows.iter().map(read).collect())
}

/// The permissions that the settings file once named.
pub async fn list_of_file(tx: &mut Tx) -> Result<Vec<Permission>> {
    let rows = tx.query(&LIST_OF_FILE, &[]).await?;
    Ok(rows.iter().map(read).collect())
}

/// Stores a new permission. A taken key violates `permissions_key_key`.
pub async fn insert(tx: &mut Tx, permission: &Permission) -> Result<()> {
    tx.execute(
        &INSERT,
        &[
            &permission.id,
            &permission.key,
            &permission.name,
            &permission.description,
            &permission.origin,
            &permission.created_at,
        ],
    )
    .await?;
    Ok(())
}

/// Saves a permission whose key was `old_key`, in the roles too, and moves its `updated_at` on.
pub async fn save(
    tx: &mut Tx,
    permission: &mut Permission,
    old_key: &str,
    now: Timestamp,
) -> Result<()> {
    permission.updated_at = after(permission.updated_at, now);
    tx.execute(
        &UPDATE,
        &[
            &permission.id,
            &permission.key,
            &permission.name,
            &permission.description,
            &permission.origin,
            &permission.updated_at,
        ],
    )
    .await?;
    if permission.key != old_key {
        tx.execute(&RENAME_IN_ROLES, &[&old_key, &permission.key])
            .await?;
    }
    Ok(())
}

/// Removes a permission, from the roles too.
pub async fn delete(tx: &mut Tx, permission: &Permission) -> Result<()> {
    tx.execute(&REMOVE_FROM_ROLES, &[&permission.key]).await?;
    tx.execute(&DELETE, &[&permission.id]).await?;
    Ok(())
}
