//! All organizations, as the people who operate the installation see them.

use bailiwick_kernel::id::{OrgId, UserId};
use bailiwick_pg::{Row, sql};
use jiff::Timestamp;
use uuid::Uuid;

use crate::{Result, Store};

/// One row of [`Organization`].
macro_rules! columns {
    () => {
        "o.id, o.clerk_org_id, o.name, o.slug, o.image_url, o.tier,
         coalesce(o.plan_slug, s.plan_slug), o.provisioning_status,
         o.provisioning_error, o.is_personal, o.created_at, o.deleted_at,
         (select count(1) from control.memberships x where x.organization_id = o.id and x.status = 'active')"
    };
}

/// Organizations with what they pay for.
macro_rules! paying {
    () => {
        "control.organizations o left join lateral (
           select i.plan_slug from control.subscription_items i
           where i.clerk_org_id = o.clerk_org_id and i.status in ('active', 'past_due')
           order by i.clerk_updated_at desc, i.clerk_item_id limit 1) s on true"
    };
}

sql! {
    /// Organizations by name. `$1` is looked for in names and slugs; it may be the provider's id
    /// instead, or, as `$2`, ours.
    LIST(TEXT, UUID, TEXT, TEXT, TEXT, BOOL, TEXT, UUID, INT8) = concat!(
        "select ", columns!(), " from ", paying!(), "
         where ($1::text is null or position(lower($1) in lower(o.name)) > 0 or position(lower($1) in o.slug) > 0
                or o.clerk_org_id = $1 or o.id = $2::uuid)
           and ($3::text is null or o.tier = $3)
           and ($4::text is null or coalesce(o.plan_slug, s.plan_slug) = $4)
           and ($5::text is null or o.provisioning_status = $5)
           and ($6::bool is null or (o.deleted_at is not null) = $6)
           and ($7::text is null or (o.name, o.id) > ($7, $8))
         order by o.name, o.id limit $9"
    );
    /// One organization with the home of its tenant, also when deleted.
    FIND(UUID) = concat!(
        "select ", columns!(), ", o.description, o.org_type, o.clerk_updated_at, p.schema_name, p.epoch, p.created_at
         from ", paying!(), " left join control.placements p on p.organization_id = o.id
         where o.id = $1"
    );
    /// The newest job with a key, and how it stands.
    JOB(TEXT) = "
        select attempts, max_attempts, run_at, locked_until, last_error from control.jobs
        where unique_key = $1 order by dead_at nulls first, created_at desc limit 1";
    /// Who owns an organization: active members with the role that `$2` names.
    OWNERS(UUID, TEXT) = "
        select user_id from control.memberships
        where organization_id = $1 and status = 'active' and role = $2 order by user_id limit 20";
    /// How many organizations stand where in the making of their tenants.
    CENSUS() = "
        select provisioning_status, count(1) from control.organizations
        where deleted_at is null group by provisioning_status order by provisioning_status limit 10";
}

/// An organization as one sees it who operates the installation.
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
    /// What it pays for, by the provider's word.
    pub plan: Option<String>,
    /// State of provisioning, as written in the API.
    pub provisioning_status: String,
    /// Why its tenant could not be made.
    pub provisioning_error: Option<String>,
    /// Made by itself for one person.
    pub is_personal: bool,
    /// When we first saw it.
    pub created_at: Timestamp,
    /// When it was deleted at the provider.
    pub deleted_at: Option<Timestamp>,
    /// Active members.
    pub member_count: i64,
}

/// An organization with all that says how its tenant is.
#[derive(Debug, Clone)]
pub struct Detail {
    /// The organization.
    pub organization: Organization,
    /// What it is, in a few words.
    pub description: Option<String>,
    /// What kind of company it is, in the installation's own words.
    pub org_type: Option<String>,
    /// The provider's time of what we know.
    pub clerk_updated_at: Timestamp,
    /// Where its tenant lives, once it is ready.
    pub home: Option<Home>,
}

/// Where a tenant lives.
#[derive(Debug, Clone)]
pub struct Home {
    /// The schema of its tables.
    pub schema: String,
    /// How often it has moved, and one.
    pub epoch: i64,
    /// Since when.
    pub since: Timestamp,
}

/// How a job stands.
#[derive(Debug, Clone)]
pub struct Job {
    /// How often it was tried.
    pub attempts: i32,
    /// Given up after so many tries.
    pub max_attempts: i32,
    /// Not before.
    pub run_at: Timestamp,
    /// Somebody is at it until then, unless they say otherwise.
    pub locked_until: Option<Timestamp>,
    /// Why the last try failed.
    pub last_error: Option<String>,
}

/// Which organizations. What is none does not narrow.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// In the name or the slug; or our id, or the provider's.
    pub search: Option<String>,
    /// In this tier.
    pub tier: Option<&'static str>,
    /// With this plan.
    pub plan: Option<String>,
    /// In this state of provisioning.
    pub provisioning_status: Option<&'static str>,
    /// Deleted, or not.
    pub is_deleted: Option<bool>,
}

impl Store {
    /// A page of all organizations after `(name, id)`, by name.
    ///
    /// # Errors
    /// The database's.
    pub async fn all_organizations(
        &self,
        filter: &Filter,
        after: Option<(&str, Uuid)>,
        limit: i64,
    ) -> Result<Vec<Organization>> {
        let (name, id) = after.map_or((None, None), |(name, id)| (Some(name), Some(id)));
        let search = filter.search.as_deref();
        let wanted: Option<Uuid> = search.and_then(|text| text.parse().ok());
        let rows = self
            .pool()
            .query(
                &LIST,
                &[
                    &search,
                    &wanted,
                    &filter.tier,
                    &filter.plan,
                    &filter.provisioning_status,
                    &filter.is_deleted,
                    &name,
                    &id,
                    &limit,
                ],
            )
            .await?;
        rows.iter().map(decode).collect()
    }

    /// One organization, also when deleted.
    ///
    /// # Errors
    /// The database's.
    pub async fn organization_detail(&self, id: OrgId) -> Result<Option<Detail>> {
        let row = self.pool().query_opt(&FIND, &[&id.uuid()]).await?;
        row.map(|row| {
            let schema: Option<String> = row.try_get(16)?;
            Ok(Detail {
                organization: decode(&row)?,
                description: row.try_get(13)?,
                org_type: row.try_get(14)?,
                clerk_updated_at: row.try_get(15)?,
                home: match schema {
                    None => None,
                    Some(schema) => Some(Home {
                        schema,
                        epoch: row.try_get(17)?,
                        since: row.try_get(18)?,
                    }),
                },
            })
        })
        .transpose()
    }

    /// The newest job with this key.
    ///
    /// # Errors
    /// The database's.
    pub async fn find_job(&self, unique_key: &str) -> Result<Option<Job>> {
        let row = self.pool().query_opt(&JOB, &[&unique_key]).await?;
        row.map(|row| {
            Ok(Job {
                attempts: row.try_get(0)?,
                max_attempts: row.try_get(1)?,
                run_at: row.try_get(2)?,
                locked_until: row.try_get(3)?,
                last_error: row.try_get(4)?,
            })
        })
        .transpose()
    }

    /// Active members of an organization who have `role`, twenty at most.
    ///
    /// # Errors
    /// The database's.
    pub async fn holders_of(&self, org: OrgId, role: &str) -> Result<Vec<UserId>> {
        let rows = self.pool().query(&OWNERS, &[&org.uuid(), &role]).await?;
        rows.iter()
            .map(|row| Ok(UserId::from(row.try_get::<_, Uuid>(0)?)))
            .collect()
    }

    /// How many organizations are in each state of provisioning.
    ///
    /// # Errors
    /// The database's.
    pub async fn provisioning_census(&self) -> Result<Vec<(String, i64)>> {
        let rows = self.pool().query(&CENSUS, &[]).await?;
        rows.iter()
            .map(|row| Ok((row.try_get(0)?, row.try_get(1)?)))
            .collect()
    }
}

fn decode(row: &Row) -> Result<Organization> {
    Ok(Organization {
        id: OrgId::from(row.try_get::<_, Uuid>(0)?),
        clerk_org_id: row.try_get(1)?,
        name: row.try_get(2)?,
        slug: row.try_get(3)?,
        image_url: row.try_get(4)?,
        tier: row.try_get(5)?,
        plan: row.try_get(6)?,
        provisioning_status: row.try_get(7)?,
        provisioning_error: row.try_get(8)?,
        is_personal: row.try_get(9)?,
        created_at: row.try_get(10)?,
        deleted_at: row.try_get(11)?,
        member_count: row.try_get(12)?,
    })
}
