//! Organizations.

use bailiwick_pg::{Row, Tx, sql};
use jiff::Timestamp;
use serde_json::Value;

use super::after;
use crate::error::Result;

/// A row of `idp.organizations`.
#[derive(Clone, Debug)]
pub struct Organization {
    /// `org_…`.
    pub id: String,
    /// For people.
    pub name: String,
    /// Unique, for addresses.
    pub slug: String,
    /// Who made it, as long as that user exists.
    pub created_by: Option<String>,
    /// 0 means no bound.
    pub max_allowed_memberships: i64,
    /// Whether its admins may delete it.
    pub admin_delete_enabled: bool,
    /// Readable by members.
    pub public_metadata: Value,
    /// For servers alone.
    pub private_metadata: Value,
    /// Its role set; none for the initial one.
    pub role_set: Option<String>,
    /// The key of the role set that it has in fact; read only.
    pub role_set_key: String,
    /// The logo that was uploaded.
    pub image_id: Option<String>,
    /// Members now; read only.
    pub members_count: i64,
    /// Invitations that wait for an answer; read only.
    pub pending_invitations_count: i64,
    /// When it came to be.
    pub created_at: Timestamp,
    /// Orders the changes; each is later than the one before.
    pub updated_at: Timestamp,
}

impl Organization {
    pub(super) fn read(row: &Row) -> Self {
        Self {
            id: row.get("o_id"),
            name: row.get("o_name"),
            slug: row.get("o_slug"),
            created_by: row.get("o_created_by"),
            max_allowed_memberships: row.get("o_max_allowed_memberships"),
            admin_delete_enabled: row.get("o_admin_delete_enabled"),
            public_metadata: row.get("o_public_metadata"),
            private_metadata: row.get("o_private_metadata"),
            role_set: row.get("o_role_set"),
            role_set_key: row.get("o_role_set_key"),
            image_id: row.get("o_image_id"),
            members_count: row.get("o_members_count"),
            pending_invitations_count: row.get("o_pending_invitations_count"),
            created_at: row.get("o_created_at"),
            updated_at: row.get("o_updated_at"),
        }
    }
}

/// The columns of an organization `o`, each prefixed with `o_`.
macro_rules! organization_columns {
    () => {
        "o.id as o_id, o.name as o_name, o.slug as o_slug, o.created_by as o_created_by,
         o.max_allowed_memberships as o_max_allowed_memberships,
         o.admin_delete_enabled as o_admin_delete_enabled,
         o.public_metadata as o_public_metadata, o.private_metadata as o_private_metadata,
         o.role_set as o_role_set, o.image_id as o_image_id,
         coalesce(o.role_set, (select s.key from idp.role_sets s where s.is_initial))
             as o_role_set_key,
         (select count(*) from idp.organization_invitations n where n.organization_id = o.id
             and n.status = 'pending') as o_pending_invitations_count,
         (select count(*) from idp.memberships c where c.organization_id = o.id) as o_members_count,
         o.created_at as o_created_at, o.updated_at as o_updated_at"
    };
}
pub(super) use organization_columns;

sql! {
    /// Organizations by id, in the order of creation.
    LOAD(TEXT_ARRAY) = concat!("select ", organization_columns!(),
        " from idp.organizations o where o.id = any($1) order by o.created_at, o.id");
    /// The id that belongs to a slug.
    FIND_BY_SLUG(TEXT) = "select id from idp.organizations where slug = $1";
    /// Locks an organization until the transaction's end.
    LOCK(TEXT) = "select id from idp.organizations where id = $1 for update";
    /// A new organization.
    INSERT(TEXT, TEXT, TEXT, TEXT, INT8, BOOL, JSONB, JSONB, TEXT, TIMESTAMPTZ, TIMESTAMPTZ) = "
        insert into idp.organizations (id, name, slug, created_by, max_allowed_memberships,
            admin_delete_enabled, public_metadata, private_metadata, role_set, created_at,
            updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)";
    /// All of an organization but the id, its maker and the time of creation.
    UPDATE(TEXT, TEXT, TEXT, INT8, BOOL, JSONB, JSONB, TEXT, TEXT, TIMESTAMPTZ) = "
        update idp.organizations set name = $2, slug = $3, max_allowed_memberships = $4,
            admin_delete_enabled = $5, public_metadata = $6, private_metadata = $7,
            role_set = $8, image_id = $9, updated_at = $10
        where id = $1";
    /// Gone, with its memberships.
    DELETE(TEXT) = "delete from idp.organizations where id = $1";
}

/// Organizations by id, in the order of creation; unknown ids are left out.
pub async fn load(tx: &mut Tx, ids: &[String]) -> Result<Vec<Organization>> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(tx
        .query(&LOAD, &[&ids])
        .await?
        .iter()
        .map(Organization::read)
        .collect())
}

/// The organization of that id.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<Organization>> {
    Ok(load(tx, &[id.to_owned()]).await?.pop())
}

/// The organization of that id, locked until the transaction's end.
pub async fn find_locked(tx: &mut Tx, id: &str) -> Result<Option<Organization>> {
    tx.query_opt(&LOCK, &[&id]).await?;
    find(tx, id).await
}

/// The id that belongs to a slug.
pub async fn find_by_slug(tx: &mut Tx, slug: &str) -> Result<Option<String>> {
    Ok(tx
        .query_opt(&FIND_BY_SLUG, &[&slug])
        .await?
        .map(|row| row.get(0)))
}

/// Stores a new organization. A taken slug violates `organizations_slug_key`.
pub async fn insert(tx: &mut Tx, organization: &Organization) -> Result<()> {
    tx.execute(
        &INSERT,
        &[
            &organization.id,
            &organization.name,
            &organization.slug,
            &organization.created_by,
            &organization.max_allowed_memberships,
            &organization.admin_delete_enabled,
            &organization.public_metadata,
            &organization.private_metadata,
            &organization.role_set,
            &organization.created_at,
            &organization.updated_at,
        ],
    )
    .await?;
    Ok(())
}

/// Saves a locked organization and moves its `updated_at` on.
pub async fn save(tx: &mut Tx, organization: &mut Organization, now: Timestamp) -> Result<()> {
    organization.updated_at = after(organization.updated_at, now);
    tx.execute(
        &UPDATE,
        &[
            &organization.id,
            &organization.name,
            &organization.slug,
            &organization.max_allowed_memberships,
            &organization.admin_delete_enabled,
            &organization.public_metadata,
            &organization.private_metadata,
            &organization.role_set,
            &organization.image_id,
            &organization.updated_at,
        ],
    )
    .await?;
    Ok(())
}

/// Deletes the row, and with it the memberships.
pub async fn delete(tx: &mut Tx, id: &str) -> Result<()> {
    tx.execute(&DELETE, &[&id]).await?;
    Ok(())
}
