//! Roles in organizations.

use bailiwick_pg::{Row, Tx, sql};
use jiff::Timestamp;

use super::search::Order;
use super::{Page, after};
use crate::error::Result;

/// A row of `idp.roles`.
#[derive(Clone, Debug)]
pub struct Role {
    /// `role_…`.
    pub id: String,
    /// `org:admin`, `org:member`, …
    pub key: String,
    /// For people.
    pub name: String,
    /// For people.
    pub description: Option<String>,
    /// Permission keys, `org:<feature>:<permission>`.
    pub permissions: Vec<String>,
    /// Whether the creator of an organization may be given it.
    pub is_creator_eligible: bool,
    /// The definition in the settings file that was applied last.
    pub origin: Option<String>,
    /// When it was defined.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

/// What roles are ordered by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoleKey {
    /// Time of definition.
    CreatedAt,
    /// Name.
    Name,
    /// Key.
    Key,
}

impl RoleKey {
    /// Reads the protocol's name of it.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Some(match name {
            "created_at" => Self::CreatedAt,
            "name" => Self::Name,
            "key" => Self::Key,
            _ => return None,
        })
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::CreatedAt => "created_at",
            Self::Name => "name",
            Self::Key => "key",
        }
    }
}

macro_rules! role_select {
    () => {
        "select id, key, name, description, permissions, is_creator_eligible, origin,
                created_at, updated_at from idp.roles "
    };
}

sql! {
    /// Roles that match, oldest first: of the keys, where some are given. `$2` is empty or a part
    /// of name, key or description.
    LIST(TEXT_ARRAY, TEXT, TEXT, BOOL, INT8, INT8) = concat!(role_select!(), "
        where (cardinality($1::text[]) = 0 or key = any($1))
          and ($2 = '' or strpos(lower(concat_ws(' ', id, key, name, description)), lower($2)) > 0)
        order by case when $3 = 'created_at' and $4 then created_at end desc,
                 case when $3 = 'created_at' and not $4 then created_at end,
                 case when $3 = 'name' and $4 then lower(name) when $3 = 'key' and $4 then key
                     end desc,
                 case when $3 = 'name' and not $4 then lower(name)
                     when $3 = 'key' and not $4 then key end,
                 id
        limit $5 offset $6");
    /// How many match.
    COUNT(TEXT_ARRAY, TEXT) = "
        select count(*) from idp.roles
        where (cardinality($1::text[]) = 0 or key = any($1))
          and ($2 = '' or strpos(lower(concat_ws(' ', id, key, name, description)), lower($2)) > 0)";
    /// A role by its key.
    FIND(TEXT) = concat!(role_select!(), "where key = $1");
    /// A role by its id.
    FIND_BY_ID(TEXT) = concat!(role_select!(), "where id = $1");
    /// Serializes changes of roles, permissions and role sets until the transaction's end.
    LOCK() = "select pg_advisory_xact_lock(hashtextextended('idp.roles', 0))";
    /// A new role.
    INSERT(TEXT, TEXT, TEXT, TEXT, TEXT_ARRAY, BOOL, TEXT, TIMESTAMPTZ) = "
        insert into idp.roles (id, key, name, description, permissions, is_creator_eligible,
            origin, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $8)";
    /// All of a role but its id.
    UPDATE(TEXT, TEXT, TEXT, TEXT, TEXT_ARRAY, BOOL, TEXT, TIMESTAMPTZ) = "
        update idp.roles set key = $2, name = $3, description = $4, permissions = $5,
            is_creator_eligible = $6, origin = $7, updated_at = $8
        where id = $1";
    /// Gone; refused by the database while somebody has it.
    DELETE(TEXT) = "delete from idp.roles where id = $1";
    /// Whether a member, or an invitation of any status, has the role.
    IS_USED(TEXT) = "
        select exists (select 1 from idp.memberships where role = $1)
            or exists (select 1 from idp.organization_invitations where role = $1)";
    /// Whether some organization has nobody else with these permissions than holders of the role.
    IS_INDISPENSABLE(TEXT, TEXT_ARRAY) = "
        select exists (
            select 1 from idp.memberships m where m.role = $1 and not exists (
                select 1 from idp.memberships other join idp.roles r on r.key = other.role
                where other.organization_id = m.organization_id and other.role <> $1
                  and r.permissions @> $2))";
}

fn read(row: &Row) -> Role {
    Role {
        id: row.get("id"),
        key: row.get("key"),
        name: row.get("name"),
        description: row.get("description"),
        permissions: row.get("permissions"),
        is_creator_eligible: row.get("is_creator_eligible"),
        origin: row.get("origin"),
        created_at: row.get("created_at"),
        updated_at: row.get("updated_at"),
    }
}

/// A page of the roles with one of the keys (any, where none is given) that match `query`, with
/// how many there are.
pub async fn list(
    tx: &mut Tx,
    keys: &[String],
    query: &str,
    order: Order<RoleKey>,
    page: Page,
) -> Result<(Vec<Role>, i64)> {
    let (key, descending) = (order.key.name(), order.descending);
    let rows = tx
        .query(
            &LIST,
            &[&keys, &query, &key, &descending, &page.limit, &page.offset],
        )
        .await?;
    let count = tx.query_one(&COUNT, &[&keys, &query]).await?;
    Ok((rows.iter().map(read).collect(), count.get(0)))
}

/// The role of that key.
pub async fn find(tx: &mut Tx, key: &str) -> Result<Option<Role>> {
    Ok(tx.query_opt(&FIND, &[&key]).await?.as_ref().map(read))
}

/// The role of that id.
pub async fn find_by_id(tx: &mut Tx, id: &str) -> Result<Option<Role>> {
    Ok(tx.query_opt(&FIND_BY_ID, &[&id]).await?.as_ref().map(read))
}

/// Keeps everybody else from changing roles, permissions and role sets until the transaction's
/// end.
pub async fn lock(tx: &mut Tx) -> Result<()> {
    tx.query(&LOCK, &[]).await?;
    Ok(())
}

/// Stores a new role. A taken key violates `roles_key_key`.
pub async fn insert(tx: &mut Tx, role: &Role) -> Result<()> {
    tx.execute(
        &INSERT,
        &[
            &role.id,
            &role.key,
            &role.name,
            &role.description,
            &role.permissions,
            &role.is_creator_eligible,
            &role.origin,
            &role.created_at,
        ],
    )
    .await?;
    Ok(())
}

/// Saves a role and moves its `updated_at` on. Whoever has it follows a changed key.
pub async fn save(tx: &mut Tx, role: &mut Role, now: Timestamp) -> Result<()> {
    role.updated_at = after(role.updated_at, now);
    tx.execute(
        &UPDATE,
        &[
            &role.id,
            &role.key,
            &role.name,
            &role.description,
            &role.permissions,
            &role.is_creator_eligible,
            &role.origin,
            &role.updated_at,
        ],
    )
    .await?;
    Ok(())
}

/// Removes a role that nobody has.
pub async fn delete(tx: &mut Tx, id: &str) -> Result<()> {
    tx.execute(&DELETE, &[&id]).await?;
    Ok(())
}

/// Whether a member or an invitation has the role.
pub async fn is_used(tx: &mut Tx, key: &str) -> Result<bool> {
    Ok(tx.query_one(&IS_USED, &[&key]).await?.get(0))
}

/// Whether some organization would have nobody with `permissions` if the role lost them.
pub async fn is_indispensable(tx: &mut Tx, key: &str, permissions: &[String]) -> Result<bool> {
    let row = tx
        .query_one(&IS_INDISPENSABLE, &[&key, &permissions])
        .await?;
    Ok(row.get(0))
}
