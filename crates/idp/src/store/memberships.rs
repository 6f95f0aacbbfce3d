//! Memberships: a user in an organization, with a role.

use bailiwick_pg::{Row, Tx, sql};
use jiff::Timestamp;
use serde_json::Value;

use super::billing::granted::{Granted, granted_columns, granted_join};
use super::organizations::{Organization, organization_columns};
use super::{Page, after};
use crate::error::Result;

/// A row of `idp.memberships` with its organization and what its role means.
#[derive(Clone, Debug)]
pub struct Membership {
    /// `orgmem_…`.
    pub id: String,
    /// Who.
    pub user_id: String,
    /// Where.
    pub organization: Organization,
    /// A role's key.
    pub role: String,
    /// The role's name; read only.
    pub role_name: String,
    /// The role's permissions; read only.
    pub permissions: Vec<String>,
    /// The plan that the organization is on, where it is billed; read only.
    pub plan: Option<Granted>,
    /// Readable by members.
    pub public_metadata: Value,
    /// For servers alone.
    pub private_metadata: Value,
    /// When it came to be.
    pub created_at: Timestamp,
    /// Orders the changes; each is later than the one before.
    pub updated_at: Timestamp,
}

impl Membership {
    pub(super) fn read(row: &Row) -> Self {
        Self {
            id: row.get("id"),
            user_id: row.get("user_id"),
            organization: Organization::read(row),
            role: row.get("role"),
            role_name: row.get("role_name"),
            permissions: row.get("permissions"),
            plan: Granted::read(row),
            public_metadata: row.get("public_metadata"),
            private_metadata: row.get("private_metadata"),
            created_at: row.get("created_at"),
            updated_at: row.get("updated_at"),
        }
    }

    /// Whether the role carries the permission.
    #[must_use]
    pub fn may(&self, permission: &str) -> bool {
        self.permissions.iter().any(|own| own == permission)
    }
}

macro_rules! membership_select {
    () => {
        concat!(
            "select m.id, m.user_id, m.role, r.name as role_name, r.permissions, ",
            "m.public_metadata, m.private_metadata, m.created_at, m.updated_at, ",
            organization_columns!(),
            ", ",
            granted_columns!(),
            " from idp.memberships m
              join idp.organizations o on o.id = m.organization_id
              join idp.roles r on r.key = m.role ",
            granted_join!("b.organization_id = o.id"),
        )
    };
}

sql! {
    /// The memberships of a user, oldest first.
    pub(super) LIST_BY_USER(TEXT, INT8, INT8) = concat!(membership_select!(),
        "where m.user_id = $1 order by m.created_at, m.id limit $2 offset $3");
    /// How many memberships a user has.
    COUNT_BY_USER(TEXT) = "select count(*) from idp.memberships where user_id = $1";
    /// An organization's memberships that fit the filters, oldest first. `$2` is empty for any
    /// role, `$3` empty for any user and otherwise a part of the name or address.
    LIST_BY_ORGANIZATION(TEXT, TEXT_ARRAY, TEXT, INT8, INT8) = concat!(membership_select!(), "
        join idp.users u on u.id = m.user_id
        where m.organization_id = $1
          and (cardinality($2::text[]) = 0 or m.role = any($2))
          and ($3 = '' or strpos(lower(concat_ws(' ', u.first_name, u.last_name)), lower($3)) > 0
               or exists (select 1 from idp.email_addresses e
                          where e.user_id = u.id and strpos(lower(e.address), lower($3)) > 0))
        order by m.created_at, m.id limit $4 offset $5");
    /// How many memberships [`LIST_BY_ORGANIZATION`] has on all pages.
    COUNT_BY_ORGANIZATION(TEXT, TEXT_ARRAY, TEXT) = "
        select count(*) from idp.memberships m join idp.users u on u.id = m.user_id
        where m.organization_id = $1
          and (cardinality($2::text[]) = 0 or m.role = any($2))
          and ($3 = '' or strpos(lower(concat_ws(' ', u.first_name, u.last_name)), lower($3)) > 0
               or exists (select 1 from idp.email_addresses e
                          where e.user_id = u.id and strpos(lower(e.address), lower($3)) > 0))";
    /// Memberships by id.
    LOAD(TEXT_ARRAY) = concat!(membership_select!(), "where m.id = any($1)");
    /// One membership.
    FIND(TEXT, TEXT) = concat!(membership_select!(),
        "where m.organization_id = $1 and m.user_id = $2");
    /// Locks a membership until the transaction's end.
    LOCK(TEXT, TEXT) = "
        select id from idp.memberships where organization_id = $1 and user_id = $2 for update";
    /// A new membership.
    INSERT(TEXT, TEXT, TEXT, TEXT, JSONB, JSONB, TIMESTAMPTZ) = "
        insert into idp.memberships (id, organization_id, user_id, role, public_metadata,
            private_metadata, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $7)";
    /// Role and metadata of a membership.
    UPDATE(TEXT, TEXT, JSONB, JSONB, TIMESTAMPTZ) = "
        update idp.memberships set role = $2, public_metadata = $3, private_metadata = $4,
            updated_at = $5
        where id = $1";
    /// Gone.
    DELETE(TEXT) = "delete from idp.memberships where id = $1";
    /// Whether another member has some permissions.
    HAS_OTHER(TEXT, TEXT, TEXT_ARRAY) = "
        select exists (
            select 1 from idp.memberships m join idp.roles r on r.key = m.role
            where m.organization_id = $1 and m.user_id <> $2 and r.permissions @> $3)";
}

/// The most memberships that a user's resource carries.
pub const MAX_PER_USER: i64 = 500;

/// Everything but the id that a new membership needs.
#[derive(Clone, Debug)]
pub struct NewMembership {
    /// `orgmem_…`.
    pub id: String,
    /// Where.
    pub organization_id: String,
    /// Who.
    pub user_id: String,
    /// A role's key.
    pub role: String,
    /// Readable by members.
    pub public_metadata: Value,
    /// For servers alone.
    pub private_metadata: Value,
}

/// A page of a user's memberships, oldest first.
pub async fn list_by_user(tx: &mut Tx, id: &str, page: Page) -> Result<Vec<Membership>> {
    let rows = tx
        .query(&LIST_BY_USER, &[&id, &page.limit, &page.offset])
        .await?;
    Ok(rows.iter().map(Membership::read).collect())
}

/// All memberships that a user's resource carries, oldest first.
pub async fn list_all_by_user(tx: &mut Tx, id: &str) -> Result<Vec<Membership>> {
    let all = Page {
        limit: MAX_PER_USER,
        offset: 0,
    };
    list_by_user(tx, id, all).await
}

/// Memberships by id, in no order; unknown ids are left out.
pub async fn load(tx: &mut Tx, ids: &[String]) -> Result<Vec<Membership>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = tx.query(&LOAD, &[&ids]).await?;
    Ok(rows.iter().map(Membership::read).collect())
}

/// How many memberships a user has.
pub async fn count_by_user(tx: &mut Tx, user_id: &str) -> Result<i64> {
    Ok(tx.query_one(&COUNT_BY_USER, &[&user_id]).await?.get(0))
}

/// A page of an organization's memberships, and how many there are on all pages. No `roles`
/// means any, an empty `query` everybody.
pub async fn list_by_organization(
    tx: &mut Tx,
    organization_id: &str,
    roles: &[String],
    query: &str,
    page: Page,
) -> Result<(Vec<Membership>, i64)> {
    let rows = tx
        .query(
            &LIST_BY_ORGANIZATION,
            &[&organization_id, &roles, &query, &page.limit, &page.offset],
        )
        .await?;
    let count = tx
        .query_one(&COUNT_BY_ORGANIZATION, &[&organization_id, &roles, &query])
        .await?;
    Ok((rows.iter().map(Membership::read).collect(), count.get(0)))
}

/// The membership of a user in an organization.
pub async fn find(tx: &mut Tx, organization_id: &str, user_id: &str) -> Result<Option<Membership>> {
    let row = tx.query_opt(&FIND, &[&organization_id, &user_id]).await?;
    Ok(row.as_ref().map(Membership::read))
}

/// The membership of a user in an organization, locked until the transaction's end.
pub async fn find_locked(
    tx: &mut Tx,
    organization_id: &str,
    user_id: &str,
) -> Result<Option<Membership>> {
    tx.query_opt(&LOCK, &[&organization_id, &user_id]).await?;
    find(tx, organization_id, user_id).await
}

/// Stores a new membership. A second one of the same user violates `memberships_once`.
pub async fn insert(tx: &mut Tx, membership: &NewMembership, now: Timestamp) -> Result<()> {
    tx.execute(
        &INSERT,
        &[
            &membership.id,
            &membership.organization_id,
            &membership.user_id,
            &membership.role,
            &membership.public_metadata,
            &membership.private_metadata,
            &now,
        ],
    )
    .await?;
    Ok(())
}

/// Saves role and metadata of a locked membership and moves its `updated_at` on.
pub async fn save(tx: &mut Tx, membership: &mut Membership, now: Timestamp) -> Result<()> {
    membership.updated_at = after(membership.updated_at, now);
    tx.execute(
        &UPDATE,
        &[
            &membership.id,
            &membership.role,
            &membership.public_metadata,
            &membership.private_metadata,
            &membership.updated_at,
        ],
    )
    .await?;
    Ok(())
}

/// Deletes the row.
pub async fn delete(tx: &mut Tx, id: &str) -> Result<()> {
    tx.execute(&DELETE, &[&id]).await?;
    Ok(())
}

/// Whether another member of an organization than `user_id` has all of `permissions`.
pub async fn has_other(
    tx: &mut Tx,
    organization_id: &str,
    user_id: &str,
    permissions: &[String],
) -> Result<bool> {
    let row = tx
        .query_one(&HAS_OTHER, &[&organization_id, &user_id, &permissions])
        .await?;
    Ok(row.get(0))
}
