//! Organizations: the mirror of the provider's, and the state of their provisioning.

mod rows;

use bailiwick_kernel::id::{OrgId, UserId};
use bailiwick_pg::{Row, sql};
use jiff::Timestamp;
use uuid::Uuid;

pub use rows::{
    Locked, Profile, STATEMENTS as ROWS, clerk_org_id, delete, describe, insert, lock, lock_by_id,
    set_personal, set_provisioning, set_tier, settle, update, want_tier,
};

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
    /// The one with this id, provider's id or slug: who lives before who was deleted, then the newest.
    NAMED(TEXT) = "
        select id, clerk_org_id, name, slug, deleted_at from control.organizations
        where id::text = $1 or clerk_org_id = $1 or slug = $1
        order by deleted_at is not null, deleted_at desc, id desc limit 1";
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
