//! The tenants of both tiers: as many of each, with the same rows. Organizations come in by one
//! statement, schemas as provisioning makes them.

use bailiwick_kernel::id::{MembershipId, OrgId, ProjectId, UserId};
use bailiwick_pg::{Pool, PoolConfig, Row, Schema, sql};
use bailiwick_store::migrations;
use bailiwick_store::projects::Get;
use bailiwick_store::tenant::{Placement, TenantDoor, Visitor};
use uuid::Uuid;

use super::Tier;
use crate::http::request;
use crate::say;
use crate::stage::{DATABASE, PASSWORD, Stage};

/// Projects of each tenant.
pub const PROJECTS: usize = 10;
/// After so many schemas a new connection goes on: what serves does the same by their tables.
const CONNECTION: usize = 200;

sql! {
    /// So many people, one for each organization.
    ADD_USERS(TEXT, INT8) = "
        insert into control.users (id, clerk_user_id, email, full_name, clerk_updated_at, created_at, updated_at)
        select gen_random_uuid(), 'user_' || $1 || lpad(n::text, 6, '0'), $1 || n || '@example.com', 'Member ' || n,
               now(), now(), now()
        from generate_series(0, $2 - 1) n";
    /// Their organizations.
    ADD_ORGANIZATIONS(TEXT, INT8) = "
        insert into control.organizations
          (id, clerk_org_id, name, slug, tier, tier_wanted, provisioning_status, clerk_updated_at, created_at, updated_at)
        select gen_random_uuid(), 'org_' || $1 || lpad(n::text, 6, '0'), $1 || ' ' || n, $1 || '-' || n, $1, $1,
               'COMPLETED', now(), now(), now()
        from generate_series(0, $2 - 1) n";
    /// Each in their own.
    ADD_MEMBERSHIPS(TEXT) = "
        insert into control.memberships
          (id, user_id, organization_id, role, provider_role, clerk_updated_at, joined_at, created_at, updated_at)
        select gen_random_uuid(), u.id, o.id, 'owner', 'org:admin', now(), now(), now(), now()
        from control.organizations o
        join control.users u on u.clerk_user_id = replace(o.clerk_org_id, 'org_', 'user_')
        where o.tier = $1";
    /// Where each lives.
    ADD_PLACEMENTS(TEXT, TEXT_ARRAY, TEXT_ARRAY) = "
        insert into control.placements (organization_id, schema_name, tier, created_at, updated_at)
        select o.id, p.schema_name, $1, now(), now()
        from unnest($2, $3) p (clerk_org_id, schema_name) join control.organizations o using (clerk_org_id)";
    /// All that is needed to enter and to read.
    TENANTS(TEXT, INT8) = "
        select o.clerk_org_id, o.id, p.schema_name, p.epoch, m.id, m.version, m.user_id,
               array(select md5(o.id::text || n)::uuid from generate_series(1, $2) n)
        from control.organizations o
        join control.placements p on p.organization_id = o.id
        join control.memberships m on m.organization_id = o.id
        where o.tier = $1 order by o.clerk_org_id limit 1000000";
}

/// The tenants of one tier.
pub type Tenants = Vec<Tenant>;

/// A tenant with its one member.
pub struct Tenant {
    org: String,
    door: TenantDoor,
    me: UserId,
    projects: Vec<Uuid>,
}

impl Tenant {
    /// The requests for each of its projects, with a token that is good from now on.
    pub fn requests(&self, stage: &Stage) -> anyhow::Result<Vec<Vec<u8>>> {
        let user = self.org.replace("org_", "user_");
        let bearer = format!("Bearer {}", stage.signer.token(&user, &self.org, "admin")?);
        let one = |project: &Uuid| {
            let path = format!("/api/v1/projects/{project}");
            request("GET", &path, &[("authorization", &bearer)], "")
        };
        Ok(self.projects.iter().map(one).collect())
    }

    /// The same reads by the store's own door.
    pub fn reads(&self) -> impl Iterator<Item = (TenantDoor, Get)> {
        let one = |project: &Uuid| {
            let get = Get::new(ProjectId::from(*project), self.me);
            (self.door.clone(), get)
        };
        self.projects.iter().map(one)
    }
}

/// Makes `count` tenants of each tier.
pub async fn make(stage: &Stage, count: usize) -> anyhow::Result<(Tenants, Tenants)> {
    say(&format!(
        "making {count} tenants of each tier, with {PROJECTS} projects each"
    ));
    let url = stage
        .postgres
        .tcp_url("bailiwick_owner", PASSWORD, DATABASE)?;
    let owner = Pool::connect(PoolConfig::new(url).max_size(1).statement_cache(0)).await?;
    let starter = tier(stage, &owner, Tier::Starter, count).await?;
    let pro = tier(stage, &owner, Tier::Pro, count).await?;
    stage.superuser.batch("vacuum analyze").await?;
    Ok((starter, pro))
}

async fn tier(stage: &Stage, owner: &Pool, tier: Tier, count: usize) -> anyhow::Result<Tenants> {
    let (superuser, name) = (&stage.superuser, tier.as_str());
    let n = i64::try_from(count)?;
    superuser.execute(&ADD_USERS, &[&name, &n]).await?;
    superuser.execute(&ADD_ORGANIZATIONS, &[&name, &n]).await?;
    superuser.execute(&ADD_MEMBERSHIPS, &[&name]).await?;
    let orgs: Vec<String> = (0..count).map(|n| format!("org_{name}{n:06}")).collect();
    let mut homes = Vec::with_capacity(count);
    for (number, org) in orgs.iter().enumerate() {
        homes.push(match tier {
            Tier::Starter => migrations::shared()?,
            Tier::Pro => {
                if number % CONNECTION == 0 {
                    owner.close_idle();
                }
                let schema = migrations::schema_name(org, 0)?;
                migrations::migrate_tenant(owner, &schema, &[]).await?;
                schema
            }
        });
    }
    let names: Vec<&str> = homes.iter().map(Schema::as_str).collect();
    superuser
        .execute(&ADD_PLACEMENTS, &[&name, &orgs, &names])
        .await?;
    homes.dedup();
    for (number, home) in homes.iter().enumerate() {
        if number % CONNECTION == 0 {
            superuser.close_idle();
        }
        superuser.batch(&rows(home)).await?;
    }
    let projects = i64::try_from(PROJECTS)?;
    let found = superuser.query(&TENANTS, &[&name, &projects]).await?;
    found.into_iter().map(tenant).collect()
}

/// Statements that give each tenant that lives in `schema` its rows.
fn rows(schema: &Schema) -> String {
    format!(
        "insert into {schema}.members (tenant_id, id, role, created_at, updated_at)
           select m.organization_id, m.user_id, m.role, now(), now() from control.memberships m
           join control.placements p using (organization_id) where p.schema_name = '{schema}';
         insert into {schema}.projects (tenant_id, id, name, description, created_by, created_at, updated_at)
           select m.tenant_id, md5(m.tenant_id::text || n)::uuid, 'Project ' || n, 'What it is about', m.id, now(), now()
           from {schema}.members m, generate_series(1, {PROJECTS}) n;
         insert into {schema}.project_members (tenant_id, id, project_id, member_id, project_role, added_by, created_at)
           select p.tenant_id, gen_random_uuid(), p.id, p.created_by, 'contributor', p.created_by, now()
           from {schema}.projects p"
    )
}

fn tenant(row: Row) -> anyhow::Result<Tenant> {
    let placement = Placement {
        tenant: OrgId::from(row.try_get::<_, Uuid>(1)?),
        schema: Schema::new(&row.try_get::<_, String>(2)?)?,
        epoch: row.try_get(3)?,
    };
    let membership = MembershipId::from(row.try_get::<_, Uuid>(4)?);
    Ok(Tenant {
        org: row.try_get(0)?,
        door: TenantDoor::new(&placement, Visitor::Member(membership, row.try_get(5)?)),
        me: UserId::from(row.try_get::<_, Uuid>(6)?),
        projects: row.try_get(7)?,
    })
}
