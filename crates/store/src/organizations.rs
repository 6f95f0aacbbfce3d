//! Organizations: the mirror of the provider's, and the state of their provisioning.

use bailiwick_kernel::id::{OrgId, UserId};
use bailiwick_pg::{Row, Tx, sql};
use jiff::Timestamp;
use uuid::Uuid;

use crate::seats::Seats;
use crate::{Result, Store};

/// One row of [`Organization`] at the time of a parameter.
macro_rules! columns {
    ($now:literal) => {
        concat!(
            "o.id, o.clerk_org_id, o.name, o.slug, o.image_url, o.tier, o.provisioning_status,
             o.created_at, m.role, o.description, o.org_type, o.tax_id, o.settings, o.is_personal,
             (select count(*) from control.memberships x where x.organization_id = o.id and x.status = 'active'),
             m.grants, v.step, v.to_tier, v.rows_done, v.rows_total, v.started_at,
             o.plan_slug, o.plan_until, o.tier_wanted, o.members_max,
             (select count(*) from control.memberships x where x.organization_id = o.id and x.status <> 'removed')
             + (select count(*) from control.invitations i where i.organization_id = o.id and i.status = 'pending'
                and (i.expires_at is null or i.expires_at > ",
            $now,
            "))"
        )
    };
}

sql! {
    /// The organizations in which a user is an active member, by name.
    LIST_FOR_USER(UUID, TEXT, UUID, INT8, TIMESTAMPTZ) = concat!(
        "select ", columns!("$5"), "
        from control.memberships m join control.organizations o on o.id = m.organization_id
        left join control.moves v on v.organization_id = o.id
        where m.user_id = $1 and m.status = 'active' and o.deleted_at is null
          and ($2::text is null or (o.name, o.id) > ($2, $3))
        order by o.name, o.id limit $4"
    );
    /// One organization, with the role of an active member; without one where the user is none.
    GET_FOR_USER(UUID, UUID, TIMESTAMPTZ) = concat!(
        "select ", columns!("$3"), "
        from control.organizations o
        left join control.moves v on v.organization_id = o.id
        left join control.memberships m on m.organization_id = o.id and m.user_id = $1 and m.status = 'active'
        where o.id = $2 and o.deleted_at is null"
    );
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
    /// The one with this id, provider's id or slug: who lives before who was deleted, then the newest.
    NAMED(TEXT) = "
        select id, clerk_org_id, name, slug, deleted_at from control.organizations
        where id::text = $1 or clerk_org_id = $1 or slug = $1
        order by deleted_at is not null, deleted_at desc, id desc limit 1";
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

/// An organization as one of its members sees it.
#[derive(Debug, Clone)]
pub struct Organization {
    /// Our id, which is the tenant's.
    pub id: OrgId,
    /// The provider's id.
    pub clerk_org_id: String,
    /// Its name.
    pub name: String,
    /// Its place in URLs.
    pub slug: String,
    /// A logo.
    pub image_url: Option<String>,
    /// `starter` or `pro`.
    pub tier: String,
    /// State of provisioning, as written in the API.
    pub provisioning_status: String,
    /// When we first saw it.
    pub created_at: Timestamp,
    /// The caller's org role; none where they are no active member.
    pub role: Option<String>,
    /// What is kept here alone.
    pub details: Details,
    /// Made by itself for one person.
    pub is_personal: bool,
    /// Active members.
    pub member_count: i64,
    /// What the caller was granted beside the role, as stored.
    pub grants: Option<serde_json::Value>,
    /// Its tenant's way to the other tier, while there is one.
    pub moving: Option<Moving>,
    /// The plan, by its name at the provider; none where it has none that is known.
    pub plan: Option<String>,
    /// The plan ends then, unless the provider says otherwise before.
    pub plan_until: Option<Timestamp>,
    /// How many people it may have, and has.
    pub seats: Seats,
}

/// How far a tenant's move is.
#[derive(Debug, Clone)]
pub struct Moving {
    /// What is done next ([`crate::moves::Step`]).
    pub step: String,
    /// `starter` or `pro`.
    pub to_tier: String,
    /// Rows that were copied.
    pub rows_done: i64,
    /// Rows there were when the copying began.
    pub rows_total: i64,
    /// When it began.
    pub started_at: Timestamp,
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

/// What an organization has here and not at the provider. What is missing stays; what is empty is
/// taken away.
#[derive(Debug, Clone, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Details {
    /// What it is, in a few words.
    pub description: Option<String>,
    /// What kind of company it is, in the installation's own words.
    pub org_type: Option<String>,
    /// Its number at the tax office.
    pub tax_id: Option<String>,
    /// Whatever the product keeps for it; a null removes a key.
    pub settings: serde_json::Map<String, serde_json::Value>,
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

/// An organization that somebody named, deleted ones included.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Named {
    /// Our id.
    pub id: OrgId,
    /// The provider's id.
    pub clerk_org_id: String,
    /// Its name.
    pub name: String,
    /// Its slug.
    pub slug: String,
    /// When access to it ended.
    pub deleted_at: Option<Timestamp>,
}

impl Store {
    /// The organization with this id, provider's id or slug, deleted ones included.
    ///
    /// # Errors
    /// The database's.
    pub async fn name_organization(&self, name: &str) -> Result<Option<Named>> {
        let row = self.pool().query_opt(&NAMED, &[&name]).await?;
        row.map(|row| {
            Ok(Named {
                id: OrgId::from(row.try_get::<_, Uuid>(0)?),
                clerk_org_id: row.try_get(1)?,
                name: row.try_get(2)?,
                slug: row.try_get(3)?,
                deleted_at: row.try_get(4)?,
            })
        })
        .transpose()
    }

    /// A page of a user's organizations after `(name, id)`, at most `limit`, as they are at `now`.
    ///
    /// # Errors
    /// The database's.
    pub async fn list_organizations(
        &self,
        user: UserId,
        after: Option<(&str, Uuid)>,
        limit: i64,
        now: Timestamp,
    ) -> Result<Vec<Organization>> {
        let (name, id) = after.map_or((None, None), |(name, id)| (Some(name), Some(id)));
        let rows = self
            .pool()
            .query(&LIST_FOR_USER, &[&user.uuid(), &name, &id, &limit, &now])
            .await?;
        rows.into_iter().map(decode).collect()
    }

    /// One organization as `user` sees it at `now`.
    ///
    /// # Errors
    /// The database's.
    pub async fn find_organization(
        &self,
        user: UserId,
        id: OrgId,
        now: Timestamp,
    ) -> Result<Option<Organization>> {
        let row = self
            .pool()
            .query_opt(&GET_FOR_USER, &[&user.uuid(), &id.uuid(), &now])
            .await?;
        row.map(decode).transpose()
    }
}

/// What was taken away stands as an empty text.
#[expect(clippy::ptr_arg, reason = "what `Option::filter` hands over")]
fn is_said(text: &String) -> bool {
    !text.is_empty()
}

fn decode(row: Row) -> Result<Organization> {
    Ok(Organization {
        id: OrgId::from(row.try_get::<_, Uuid>(0)?),
        clerk_org_id: row.try_get(1)?,
        name: row.try_get(2)?,
        slug: row.try_get(3)?,
        image_url: row.try_get(4)?,
        tier: row.try_get(5)?,
        provisioning_status: row.try_get(6)?,
        created_at: row.try_get(7)?,
        role: row.try_get(8)?,
        details: Details {
            description: row.try_get::<_, Option<String>>(9)?.filter(is_said),
            org_type: row.try_get::<_, Option<String>>(10)?.filter(is_said),
            tax_id: row.try_get::<_, Option<String>>(11)?.filter(is_said),
            settings: match row.try_get(12)? {
                serde_json::Value::Object(settings) => settings,
                _ => serde_json::Map::new(),
            },
        },
        is_personal: row.try_get(13)?,
        member_count: row.try_get(14)?,
        grants: row.try_get(15)?,
        moving: match row.try_get(16)? {
            None => None,
            Some(step) => Some(Moving {
                step,
                to_tier: row.try_get(17)?,
                rows_done: row.try_get(18)?,
                rows_total: row.try_get(19)?,
                started_at: row.try_get(20)?,
            }),
        },
        plan: row.try_get(21)?,
        plan_until: row.try_get(22)?,
        seats: Seats {
            tier: row.try_get(23)?,
            members_max: row.try_get(24)?,
            taken: row.try_get(25)?,
        },
    })
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
