//! The tenant that moves, as the database sees it.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::ensure;
use bailiwick_kernel::Tier;
use bailiwick_pg::sql;
use uuid::Uuid;

use crate::say;
use crate::stage::Stage;

sql! {
    /// An organization and its owner.
    FIND(TEXT) = "
        select o.id, m.user_id from control.organizations o
        join control.memberships m on m.organization_id = o.id and m.role = 'owner'
        where o.clerk_org_id = $1 limit 1";
    /// What is asked for.
    WANT(UUID, TEXT) = "
        update control.organizations set tier_wanted = $2 where id = $1";
    /// The job that brings the tenant there, as the product enqueues it.
    ENQUEUE(UUID) = "
        insert into control.jobs (id, kind, payload, unique_key, run_at, max_attempts, created_at)
        values (gen_random_uuid(), 'tenants.move', jsonb_build_object('org', $1), 'tenants.move:' || $1, now(), 450, now())
        on conflict do nothing";
    /// Whether it lives there, and nothing of a move is left.
    SETTLED(UUID, TEXT) = "
        select exists (select 1 from control.placements p where p.organization_id = $1 and p.tier = $2)
           and not exists (select 1 from control.moves m where m.organization_id = $1)";
    /// At which step its move is.
    STEP(UUID) = "select step from control.moves where organization_id = $1";
    /// Where it lives.
    HOME(UUID) = "select schema_name from control.placements where organization_id = $1";
    /// Schemas of tenants.
    SCHEMAS() = "
        select nspname::text from pg_catalog.pg_namespace where nspname like 'tenant\\_%' order by 1 limit 1000";
}

/// How often one looks whether a move has ended: rarely enough to be no load of its own.
const LOOK: Duration = Duration::from_millis(100);
/// Rows for each file of the log (16 MB) that there is room for: a round's moves write about half of it.
const LOG_ROWS: u64 = 3000;
/// The tables that are filled; what the writers make beside stands in `projects`.
const FILLED: [&str; 4] = ["projects", "project_members", "documents", "approvals"];

/// A tenant of many rows.
pub struct Tenant {
    id: Uuid,
    /// What nobody writes to: rows and the sum of their hashes.
    still: (i64, String),
}

impl Tenant {
    /// Fills an organization's tenant with `rows`, a quarter in each of four tables.
    pub async fn fill(stage: &Stage, org: &str, rows: u64) -> anyhow::Result<Self> {
        say(&format!("filling a tenant with {rows} rows"));
        let found = stage.superuser.query_one(&FIND, &[&org]).await?;
        let (id, owner): (Uuid, Uuid) = (found.try_get(0)?, found.try_get(1)?);
        let n = rows / 4;
        let fill = format!(
            "insert into tenant_shared.projects (tenant_id, id, name, created_by, created_at, updated_at)
               select '{id}', gen_random_uuid(), 'Still ' || n, '{owner}', now(), now() from generate_series(1, {n}) n;
             insert into tenant_shared.project_members (tenant_id, id, project_id, member_id, project_role, added_by, created_at)
               select '{id}', gen_random_uuid(), p.id, '{owner}', 'lead', '{owner}', now()
               from tenant_shared.projects p where p.tenant_id = '{id}' and p.name like 'Still %';
             insert into tenant_shared.documents (tenant_id, id, project_id, file_name, content_type, size, s3_key, uploaded_by, created_at)
               select '{id}', gen_random_uuid(), p.id, 'still.txt', 'text/plain', 1, 'org/x/' || p.id, '{owner}', now()
               from tenant_shared.projects p where p.tenant_id = '{id}' and p.name like 'Still %';
             insert into tenant_shared.approvals (tenant_id, id, kind, amount, currency, requested_by, created_at)
               select '{id}', gen_random_uuid(), 'still', n, 'EUR', '{owner}', now() from generate_series(1, {n}) n"
        );
        stage.superuser.batch(&fill).await?;
        // What would follow a fill by itself is not to be felt while there is no move.
        stage.superuser.batch("vacuum analyze").await?;
        stage.superuser.batch(&age_log(rows / LOG_ROWS)).await?;
        stage.superuser.batch("checkpoint").await?;
        let mut tenant = Self {
            id,
            still: (0, String::new()),
        };
        tenant.still = tenant.sum(stage, "tenant_shared").await?;
        Ok(tenant)
    }

    /// How many rows nobody writes to.
    pub fn rows(&self) -> u64 {
        u64::try_from(self.still.0).unwrap_or(0)
    }

    /// Removes all but `rows` of what was filled in.
    pub async fn shrink(&mut self, stage: &Stage, rows: u64) -> anyhow::Result<()> {
        let (id, n) = (self.id, rows / 4);
        let keep = format!(
            "create temporary table kept as select id from tenant_shared.projects
               where tenant_id = '{id}' and name like 'Still %' order by id limit {n};
             delete from tenant_shared.documents where tenant_id = '{id}' and project_id not in (select id from kept);
             delete from tenant_shared.project_members where tenant_id = '{id}' and project_id not in (select id from kept);
             delete from tenant_shared.approvals where tenant_id = '{id}' and amount > {n};
             delete from tenant_shared.projects where tenant_id = '{id}' and id not in (select id from kept);
             drop table kept"
        );
        stage.superuser.batch(&keep).await?;
        stage.superuser.batch("vacuum analyze").await?;
        self.still = self.sum(stage, "tenant_shared").await?;
        Ok(())
    }

    /// Asks for a tier.
    pub async fn want(&self, stage: &Stage, tier: Tier) -> anyhow::Result<()> {
        stage
            .superuser
            .execute(&WANT, &[&self.id, &tier.as_str()])
            .await?;
        stage.superuser.execute(&ENQUEUE, &[&self.id]).await?;
        Ok(())
    }

    /// Whether it lives in that tier, and nothing of a move is left.
    pub async fn is_settled(&self, stage: &Stage, tier: Tier) -> anyhow::Result<bool> {
        let row = stage
            .superuser
            .query_one(&SETTLED, &[&self.id, &tier.as_str()])
            .await?;
        Ok(row.try_get(0)?)
    }

    /// At which step its move is, where one is on.
    pub async fn step(&self, stage: &Stage) -> anyhow::Result<Option<String>> {
        let row = stage.superuser.query_opt(&STEP, &[&self.id]).await?;
        Ok(row.map(|row| row.try_get(0)).transpose()?)
    }

    /// Waits until it is settled, at most so long. Answers whether it is.
    pub async fn is_settled_within(
        &self,
        stage: &Stage,
        tier: Tier,
        patience: Duration,
    ) -> anyhow::Result<bool> {
        let began = Instant::now();
        while !self.is_settled(stage, tier).await? {
            if began.elapsed() >= patience {
                return Ok(false);
            }
            tokio::time::sleep(LOOK).await;
        }
        Ok(true)
    }

    /// Waits for that. Answers when each step of the move began, those that took a look to be seen.
    pub async fn settled(
        &self,
        stage: &Stage,
        tier: Tier,
        patience: Duration,
    ) -> anyhow::Result<Vec<(String, Duration)>> {
        let began = Instant::now();
        let mut steps: Vec<(String, Duration)> = Vec::new();
        while !self.is_settled(stage, tier).await? {
            ensure!(
                began.elapsed() < patience,
                "the move did not end in {} s",
                patience.as_secs()
            );
            if let Some(step) = self.step(stage).await?
                && steps.last().is_none_or(|(last, _)| *last != step)
            {
                steps.push((step, began.elapsed()));
            }
            tokio::time::sleep(LOOK).await;
        }
        Ok(steps)
    }

    async fn sum(&self, stage: &Stage, schema: &str) -> anyhow::Result<(i64, String)> {
        let (mut rows, mut sums) = (0, Vec::new());
        for table in FILLED {
            let still = match table {
                "projects" => "name like 'Still %'",
                "project_members" | "documents" => {
                    "project_id in (select p.id from {s}.projects p where p.name like 'Still %')"
                }
                _ => "kind = 'still'",
            };
            let text = format!(
                "select count(1), coalesce(sum(hashtextextended(x::text, 0)), 0)::text from {{s}}.{table} x \
                 where tenant_id = '{}' and {still}",
                self.id
            );
            let row = ask(stage, &text.replace("{s}", schema)).await?;
            let row = row.first().ok_or_else(|| anyhow::anyhow!("no sum"))?;
            rows += row.try_get::<_, i64>(0)?;
            sums.push(row.try_get::<_, String>(1)?);
        }
        Ok((rows, sums.join(" ")))
    }

    /// What is not as it ought to be: rows lost, doubled, changed, or left in another home.
    pub async fn amiss(
        &self,
        stage: &Stage,
        acknowledged: &[String],
    ) -> anyhow::Result<Vec<String>> {
        let mut amiss = Vec::new();
        let home: String = stage
            .superuser
            .query_one(&HOME, &[&self.id])
            .await?
            .try_get(0)?;
        for row in stage.superuser.query(&SCHEMAS, &[]).await? {
            let schema: String = row.try_get(0)?;
            if schema == home {
                continue;
            }
            for table in FILLED.iter().chain(&["members", "move_log"]) {
                let text = format!(
                    "select 1 from {schema}.{table} where tenant_id = '{}' limit 1",
                    self.id
                );
                if !ask(stage, &text).await?.is_empty() {
                    amiss.push(format!("rows are left in {schema}.{table}"));
                }
            }
        }
        let now = self.sum(stage, &home).await?;
        if now != self.still {
            amiss.push(format!(
                "of {} rows {} are there, or they differ",
                self.still.0, now.0
            ));
        }
        let text = format!(
            "select name, count(1) from {home}.projects where tenant_id = '{}' and name not like 'Still %' group by 1",
            self.id
        );
        let mut found = BTreeMap::new();
        for row in ask(stage, &text).await? {
            found.insert(row.try_get::<_, String>(0)?, row.try_get::<_, i64>(1)?);
        }
        for name in acknowledged {
            match found.get(name) {
                Some(1) => {}
                Some(_) => amiss.push(format!("{name} is doubled")),
                None => amiss.push(format!("{name} is lost")),
            }
        }
        Ok(amiss)
    }
}

/// Uses so many files of the log, which the next checkpoint then keeps for what comes (`min_wal_size`),
/// as in a database that has been at work for longer than this one.
fn age_log(files: u64) -> String {
    format!(
        "do $$ begin for n in 1..{files} loop
           perform pg_logical_emit_message(false, '', ''); perform pg_switch_wal();
         end loop; end $$"
    )
}

/// A query whose text names a schema. The text is leaked: there are few, and the program is short.
async fn ask(stage: &Stage, text: &str) -> anyhow::Result<Vec<bailiwick_pg::Row>> {
    let statement = Box::leak(Box::new(bailiwick_pg::Statement {
        name: "ask",
        sql: Box::leak(text.to_owned().into_boxed_str()),
        params: &[],
    }));
    Ok(stage.superuser.query(statement, &[]).await?)
}
