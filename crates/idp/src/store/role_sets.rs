//! Role sets: the roles that an organization chooses from.

use bailiwick_pg::{Row, Tx, sql};
use jiff::Timestamp;

use super::roles::RoleKey;
use super::search::Order;
use super::{Page, after};
use crate::error::Result;

/// A row of `idp.role_sets`.
#[derive(Clone, Debug)]
pub struct RoleSet {
    /// `role_set_…`.
    pub id: String,
    /// `role_set:<name>`.
    pub key: String,
    /// For people.
    pub name: String,
    /// For people.
    pub description: Option<String>,
    /// Whether organizations have it that name no other. Its default and creator's role are then
    /// those of the settings.
    pub is_initial: bool,
    /// Keys of roles.
    pub roles: Vec<String>,
    /// Of whoever joins; for the initial set see the settings.
    pub default_role: Option<String>,
    /// Of who creates an organization; for the initial set see the settings.
    pub creator_role: Option<String>,
    /// The definition in the settings file that was applied last.
    pub origin: Option<String>,
    /// When it was defined.
    pub created_at: Timestamp,
    /// When it last changed.
    pub updated_at: Timestamp,
}

macro_rules! set_select {
    () => {
        "select id, key, name, description, is_initial, roles, default_role, creator_role, origin,
                created_at, updated_at from idp.role_sets "
    };
}

sql! {
    /// Role sets that match; `$1` is empty or a part of name, key or description.
    LIST(TEXT, TEXT, BOOL, INT8, INT8) = concat!(set_select!(), "
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
        select count(*) from idp.role_sets
        where ($1 = '' or strpos(lower(concat_ws(' ', id, key, name, description)), lower($1)) > 0)";
    /// A role set by key or id.
    FIND(TEXT) = concat!(set_select!(), "where key = $1 or id = $1");
    /// The initial one.
    FIND_INITIAL() = concat!(set_select!(), "where is_initial");
    /// Those that have a role.
    LIST_WITH_ROLE(TEXT) = concat!(set_select!(), "where $1 = any(roles) order by key limit 1000");
    /// Those that the settings file once named.
    LIST_OF_FILE() = concat!(set_select!(), "where origin is not null limit 1000");
    /// A new role set.
    INSERT(TEXT, TEXT, TEXT, TEXT, BOOL, TEXT_ARRAY, TEXT, TEXT, TEXT, TIMESTAMPTZ) = "
        insert into idp.role_sets (id, key, name, description, is_initial, roles, default_role,
            creator_role, origin, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)";
    /// All of a role set but its id.
    UPDATE(TEXT, TEXT, TEXT, TEXT, BOOL, TEXT_ARRAY, TEXT, TEXT, TEXT, TIMESTAMPTZ) = "
        update idp.role_sets set key = $2, name = $3, description = $4, is_initial = $5,
            roles = $6, default_role = $7, creator_role = $8, origin = $9, updated_at = $10
        where id = $1";
    /// Gone.
    DELETE(TEXT) = "delete from idp.role_sets where id = $1";
    /// The sets follow a role's changed key.
    RENAME_ROLE(TEXT, TEXT) = "
        update idp.role_sets set roles = array_replace(roles, $1, $2),
            default_role = case when default_role = $1 then $2 else default_role end,
            creator_role = case when creator_role = $1 then $2 else creator_role end
        where $1 = any(roles)";
    /// How many members hold each role, in organizations of a set.
    COUNT_MEMBERS(TEXT, BOOL) = "
        select m.role, count(*) from idp.memberships m
        join idp.organizations o on o.id = m.organization_id
        where o.role_set = $1 or ($2 and o.role_set is null)
        group by m.role order by m.role limit 1000";
    /// Whether a member or an invitation of a set's organizations has a role.
    HOLDS(TEXT, BOOL, TEXT) = "
        select exists (
            select 1 from idp.organizations o where (o.role_set = $1 or ($2 and o.role_set is null))
              and (exists (select 1 from idp.memberships m
                       where m.organization_id = o.id and m.role = $3)
                   or exists (select 1 from idp.organization_invitations i
                       where i.organization_id = o.id and i.role = $3)))";
    /// The roles that members and invited of an organization have.
    HELD_IN(TEXT) = "
        select role from idp.memberships where organization_id = $1
        union select role from idp.organization_invitations where organization_id = $1
        limit 1000";
    /// Members of organizations of a set get another role.
    REASSIGN_MEMBERS(TEXT, BOOL, TEXT, TEXT, TIMESTAMPTZ) = "
        update idp.memberships m set role = $4,
            updated_at = greatest($5, m.updated_at + interval '1 millisecond')
        from idp.organizations o
        where o.id = m.organization_id and m.role = $3
          and (o.role_set = $1 or ($2 and o.role_set is null))
        returning m.id";
    /// So do the invited.
    REASSIGN_INVITED(TEXT, BOOL, TEXT, TEXT) = "
        update idp.organization_invitations i set role = $4
        from idp.organizations o
        where o.id = i.organization_id and i.role = $3
          and (o.role_set = $1 or ($2 and o.role_set is null))";
    /// Whether an organization names the set.
    IS_USED(TEXT) = "select exists (select 1 from idp.organizations where role_set = $1)";
    /// Organizations of a set get another one.
    MOVE_ORGANIZATIONS(TEXT, BOOL, TEXT) = "
        update idp.organizations set role_set = $3
        where role_set = $1 or ($2 and role_set is null)";
}

fn read(row: &Row) -> RoleSet {
    RoleSet {
        id: row.get("id"),
        key: row.get("key"),
        name: row.get("name"),
        description: row.get("description"),
        is_initial: row.get("is_initial"),
        roles: row.get("roles"),
        default_role: row.get("default_role"),
        creator_role: row.get("creator_role"),
        origin: row.get("origin"),
        created_at: row.get("created_at"),
        updated_at: row.get("updated_at"),
    }
}

/// A page of the role sets that match, with how many there are.
pub async fn list(
    tx: &mut Tx,
    query: &str,
    order: Order<RoleKey>,
    page: Page,
) -> Result<(Vec<RoleSet>, i64)> {
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

/// The role set of that key or id.
pub async fn find(tx: &mut Tx, key_or_id: &str) -> Result<Option<RoleSet>> {
    let row = tx.query_opt(&FIND, &[&key_or_id]).await?;
    Ok(row.as_ref().map(read))
}

/// The initial role set; there is always one.
pub async fn find_initial(tx: &mut Tx) -> Result<RoleSet> {
    Ok(read(&tx.query_one(&FIND_INITIAL, &[]).await?))
}

/// The role sets that have a role.
pub async fn list_with_role(tx: &mut Tx, role: &str) -> Result<Vec<RoleSet>> {
    let rows = tx.query(&LIST_WITH_ROLE, &[&role]).await?;
    Ok(rows.iter().map(read).collect())
}

/// The role sets that the settings file once named.
pub async fn list_of_file(tx: &mut Tx) -> Result<Vec<RoleSet>> {
    Ok(tx
        .query(&LIST_OF_FILE, &[])
        .await?
        .iter()
        .map(read)
        .collect())
}

/// Stores a new role set. A taken key violates `role_sets_key_key`.
pub async fn insert(tx: &mut Tx, set: &RoleSet) -> Result<()> {
    tx.execute(
        &INSERT,
        &[
            &set.id,
            &set.key,
            &set.name,
            &set.description,
            &set.is_initial,
            &set.roles,
            &set.default_role,
            &set.creator_role,
            &set.origin,
            &set.created_at,
        ],
    )
    .await?;
    Ok(())
}

/// Saves a role set and moves its `updated_at` on. Organizations follow a changed key.
pub async fn save(tx: &mut Tx, set: &mut RoleSet, now: Timestamp) -> Result<()> {
    set.updated_at = after(set.updated_at, now);
    tx.execute(
        &UPDATE,
        &[
            &set.id,
            &set.key,
            &set.name,
            &set.description,
            &set.is_initial,
            &set.roles,
            &set.default_role,
            &set.creator_role,
            &set.origin,
            &set.updated_at,
        ],
    )
    .await?;
    Ok(())
}

/// Removes a role set that no organization has.
pub async fn delete(tx: &mut Tx, id: &str) -> Result<()> {
    tx.execute(&DELETE, &[&id]).await?;
    Ok(())
}

/// Whether an organization names the set.
pub async fn is_used(tx: &mut Tx, key: &str) -> Result<bool> {
    Ok(tx.query_one(&IS_USED, &[&key]).await?.get(0))
}

/// Writes a role's changed key into the sets.
pub async fn rename_role(tx: &mut Tx, old: &str, new: &str) -> Result<()> {
    tx.execute(&RENAME_ROLE, &[&old, &new]).await?;
    Ok(())
}

/// `(role, members)` in organizations of a set; roles without members are left out.
pub async fn count_members(tx: &mut Tx, set: &RoleSet) -> Result<Vec<(String, i64)>> {
    let rows = tx
        .query(&COUNT_MEMBERS, &[&set.key, &set.is_initial])
        .await?;
    Ok(rows.iter().map(|row| (row.get(0), row.get(1))).collect())
}

/// Whether a member or an invitation of a set's organizations has a role.
pub async fn holds(tx: &mut Tx, set: &RoleSet, role: &str) -> Result<bool> {
    let row = tx
        .query_one(&HOLDS, &[&set.key, &set.is_initial, &role])
        .await?;
    Ok(row.get(0))
}

/// Keys of the roles that members and invited of an organization have.
pub async fn held_in(tx: &mut Tx, organization_id: &str) -> Result<Vec<String>> {
    let rows = tx.query(&HELD_IN, &[&organization_id]).await?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

/// Gives members and invited of a set's organizations the role `to` instead of `from`; ids of the
/// memberships that changed.
pub async fn reassign(
    tx: &mut Tx,
    set: &RoleSet,
    from: &str,
    to: &str,
    now: Timestamp,
) -> Result<Vec<String>> {
    let rows = tx
        .query(
            &REASSIGN_MEMBERS,
            &[&set.key, &set.is_initial, &from, &to, &now],
        )
        .await?;
    tx.execute(&REASSIGN_INVITED, &[&set.key, &set.is_initial, &from, &to])
        .await?;
    Ok(rows.iter().map(|row| row.get(0)).collect())
}

/// Gives a set's organizations another one.
pub async fn move_organizations(tx: &mut Tx, from: &RoleSet, to: &str) -> Result<()> {
    tx.execute(&MOVE_ORGANIZATIONS, &[&from.key, &from.is_initial, &to])
        .await?;
    Ok(())
}
