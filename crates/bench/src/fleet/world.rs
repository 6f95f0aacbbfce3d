//! The tenants: their organizations by one statement, their schemas as provisioning makes them.

use std::time::{Duration, Instant};

use bailiwick_pg::sql;
use bailiwick_pg::{Pool, Schema};
use bailiwick_store::migrations;

use super::{LOCKS, millis};
use crate::say;
use crate::stage::Stage;

/// The provider's id of the one user, who is in all organizations.
pub const USER: &str = "user_fleet";
/// After so many schemas a new connection goes on: what serves does the same by their age.
const CONNECTION: usize = 500;

/// The provider's id of the organization with this number.
pub fn org(number: usize) -> String {
    format!("org_fleet{number:06}")
}

sql! {
    /// The one user.
    ADD_USER(TEXT) = "
        insert into control.users (id, clerk_user_id, email, full_name, clerk_updated_at, created_at, updated_at)
        values (gen_random_uuid(), $1, 'fleet@example.com', 'Fleet', now(), now(), now())";
    /// The organizations.
    ADD_ORGANIZATIONS(INT8) = "
        insert into control.organizations
          (id, clerk_org_id, name, slug, tier, provisioning_status, clerk_updated_at, created_at, updated_at)
        select gen_random_uuid(), 'org_fleet' || lpad(n::text, 6, '0'), 'Fleet ' || n, 'fleet-' || n, 'pro',
               'COMPLETED', now(), now(), now()
        from generate_series(0, $1 - 1) n";
    /// The user in each.
    ADD_MEMBERSHIPS() = "
        insert into control.memberships
          (id, user_id, organization_id, role, provider_role, clerk_updated_at, joined_at, created_at, updated_at)
        select gen_random_uuid(), u.id, o.id, 'owner', 'org:admin', now(), now(), now(), now()
        from control.users u, control.organizations o";
    /// Where each lives, once its schema is there.
    ADD_PLACEMENTS(TEXT_ARRAY, TEXT_ARRAY) = "
        insert into control.placements (organization_id, schema_name, tier, created_at, updated_at)
        select o.id, p.schema_name, 'pro', now(), now()
        from unnest($1, $2) p (clerk_org_id, schema_name) join control.organizations o using (clerk_org_id)";
}

/// What was made.
pub struct Made {
    pub schemas: Vec<Schema>,
    /// How long each took, in the order in which they were made.
    pub create_ms: Vec<f64>,
    /// The most locks that one transaction held meanwhile.
    pub locks_max: i64,
}

/// Makes `tenants` organizations with a schema each.
pub async fn make(stage: &Stage, owner: &Pool, tenants: usize) -> anyhow::Result<Made> {
    say(&format!("making {tenants} schemas, one after the other"));
    let superuser = &stage.superuser;
    superuser.execute(&ADD_USER, &[&USER]).await?;
    let count = i64::try_from(tenants)?;
    superuser.execute(&ADD_ORGANIZATIONS, &[&count]).await?;
    superuser.execute(&ADD_MEMBERSHIPS, &[]).await?;

    let orgs: Vec<String> = (0..tenants).map(org).collect();
    let mut made = Made {
        schemas: Vec::with_capacity(tenants),
        create_ms: Vec::with_capacity(tenants),
        locks_max: 0,
    };
    let started = Instant::now();
    for (number, org) in orgs.iter().enumerate() {
        let schema = migrations::schema_name(org, 0)?;
        if number % CONNECTION == 0 {
            owner.close_idle();
            let watched = watch(superuser, owner).await?;
            made.locks_max = made.locks_max.max(watched);
            say(&format!("{number} after {} s", started.elapsed().as_secs()));
        }
        let began = Instant::now();
        migrations::migrate_tenant(owner, &schema, &[]).await?;
        made.create_ms.push(millis(began));
        made.schemas.push(schema);
    }
    let names: Vec<&str> = made.schemas.iter().map(Schema::as_str).collect();
    superuser.execute(&ADD_PLACEMENTS, &[&orgs, &names]).await?;
    superuser.batch("analyze control.placements; analyze control.tenant_schemas; analyze control.organizations; analyze control.memberships").await?;
    Ok(made)
}

/// Makes a schema that is not kept, and looks meanwhile how many locks that takes.
async fn watch(superuser: &Pool, owner: &Pool) -> anyhow::Result<i64> {
    let schema = migrations::schema_name("org_watched", 0)?;
    let mut most = 0;
    let making = migrations::migrate_tenant(owner, &schema, &[]);
    let looking = async {
        loop {
            let row = superuser.query_one(&LOCKS, &[]).await?;
            most = most.max(row.try_get::<_, i64>(0)?);
            tokio::time::sleep(Duration::from_micros(200)).await;
        }
        #[expect(unreachable_code, reason = "names the type of the loop's error")]
        anyhow::Ok(())
    };
    tokio::select! {
        made = making => { made?; }
        looked = looking => looked?,
    }
    migrations::drop_tenant(owner, &schema).await?;
    Ok(most)
}
