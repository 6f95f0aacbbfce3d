//! What the audit costs: the same write over HTTP with its fact and without, all over the tenants
//! and all in one of them.
//!
//! The product has no switch for it. Here the database has: a rule on `control.audit` lets every
//! insertion into it end in nothing, so that the same binary sends the same statements, and neither
//! row nor indexes nor seals come of one. What then still is paid (the MAC, and one statement of a
//! flight) is measured beside it, by the same transaction at the store with and without its last
//! statement.

use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use bailiwick_kernel::Env;
use bailiwick_pg::{Pool, PoolConfig, sql};
use bailiwick_store::Store;
use bailiwick_store::audit::{Fact, Keys};
use bailiwick_store::tenant::{Placement, TenantDoor, Visitor};
use serde_json::{Value, json};

use crate::http::{Client, request};
use crate::measure::{Sample, median};
use crate::stage::{DATABASE, PASSWORD, Stage};
use crate::world::{self, Reader};
use crate::{Cli, load, say, table};

/// Organizations of the shared tier.
const ORGS: usize = 20;
/// Projects of the one tenant that is alone, so that its writers wait for the audit and not for
/// each other's rows.
const PROJECTS: usize = 400;
/// Writers at the store.
const WRITERS: usize = 16;
/// What an audited write must keep of an unaudited one.
const GOAL: f64 = 0.85;
const SEALED_MAX: Duration = Duration::from_secs(120);

sql! {
    /// Facts without a seal.
    PENDING() = "select count(*) from control.audit_pending";
    /// Where the tenants live.
    PLACEMENTS(INT8) = "
        select p.organization_id, p.schema_name, p.epoch from control.placements p
        order by p.organization_id limit $1";
    /// Projects of the shared tier.
    PROJECTS_OF(UUID, INT8) = "
        select id from tenant_shared.projects where tenant_id = $1 order by id limit $2";
}

/// The rounds of one way to write.
struct Row {
    name: String,
    audited: Vec<Sample>,
    unaudited: Vec<Sample>,
}

impl Row {
    fn new(name: impl Into<String>) -> Self {
        Self {
            name: name.into(),
            audited: Vec::new(),
            unaudited: Vec::new(),
        }
    }

    fn ratios(&self) -> Vec<f64> {
        let pairs = self.audited.iter().zip(&self.unaudited);
        pairs.map(|(a, u)| a.per_second / u.per_second).collect()
    }
}

/// Measures, and says what came of it.
pub async fn run(cli: &Cli) -> anyhow::Result<String> {
    let (rounds, seconds) = if cli.quick { (3, 2) } else { (5, 6) };
    let rounds = cli.rounds.unwrap_or(rounds);
    let time = Duration::from_secs(cli.seconds.unwrap_or(seconds));
    let mut stage = Stage::start(cli).await?;
    let readers = world::fill(&stage, ORGS).await?;
    let spread: Vec<(Reader, String)> = owners(&readers)
        .flat_map(|owner| {
            let theirs = readers.iter().filter(|reader| reader.org == owner.org);
            theirs.map(|reader| (owner.clone(), reader.project.clone()))
        })
        .collect();
    let owner = owners(&readers).next().context("no owner")?.clone();
    let alone = many_projects(&stage, &owner).await?;
    let at_store = AtStore::new(&stage).await?;
    let connections = *cli.connections.first().context("no connections")?;
    let mut rows = [
        Row::new(format!(
            "PUT project, {ORGS} tenants, {connections} connections"
        )),
        Row::new(format!(
            "PUT project, one tenant, {connections} connections"
        )),
        Row::new(format!("at the store, {ORGS} tenants, {WRITERS} writers")),
        Row::new(format!("at the store, one tenant, {WRITERS} writers")),
    ];
    for round in 0..=rounds {
        let time = if round == 0 {
            Duration::from_secs(1)
        } else {
            time
        };
        for is_audited in [round % 2 == 0, round % 2 == 1] {
            let mut samples = Vec::new();
            switch(&stage, is_audited).await?;
            for projects in [&spread, &alone] {
                let requests = Rc::new(requests(&stage, projects)?);
                samples.push(load::run(stage.public, requests, connections, time).await?);
                sealed(&stage).await?;
            }
            switch(&stage, true).await?;
            for tenants in [ORGS, 1] {
                samples.push(at_store.run(tenants, is_audited, time).await?);
                sealed(&stage).await?;
            }
            // The first round fills caches and counts for nothing.
            if round > 0 {
                for (row, sample) in rows.iter_mut().zip(samples) {
                    let kind = if is_audited {
                        &mut row.audited
                    } else {
                        &mut row.unaudited
                    };
                    kind.push(sample);
                }
            }
        }
        let ratios: Vec<String> = rows
            .iter()
            .filter_map(|row| row.ratios().last().map(|ratio| format!("{ratio:.2}")))
            .collect();
        say(&format!(
            "round {round} of {rounds}: ratios {}",
            ratios.join(", ")
        ));
    }
    let text = report(&rows, rounds, time);
    stage.server.stop()?;
    Ok(text)
}

fn owners(readers: &[Reader]) -> impl Iterator<Item = &Reader> {
    readers.iter().filter(|reader| reader.role == "admin")
}

/// Lets facts be recorded, or come to nothing.
async fn switch(stage: &Stage, is_audited: bool) -> anyhow::Result<()> {
    let rule = "create or replace rule to_nothing as on insert to control.audit do instead nothing";
    let none = "drop rule if exists to_nothing on control.audit";
    let statement = if is_audited { none } else { rule };
    Ok(stage.superuser.batch(statement).await?)
}

/// Waits until every fact has its seal, so that no measurement pays for another.
async fn sealed(stage: &Stage) -> anyhow::Result<()> {
    let started = Instant::now();
    while started.elapsed() < SEALED_MAX {
        let row = stage.superuser.query_one(&PENDING, &[]).await?;
        if row.try_get::<_, i64>(0)? == 0 {
            return Ok(());
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    anyhow::bail!(
        "facts waited longer than {} s for their seal",
        SEALED_MAX.as_secs()
    )
}

/// More projects of one tenant.
async fn many_projects(stage: &Stage, owner: &Reader) -> anyhow::Result<Vec<(Reader, String)>> {
    say(&format!("making {PROJECTS} projects of one tenant"));
    let mut client = Client::connect(stage.public).await?;
    let mut made = Vec::with_capacity(PROJECTS);
    for number in 0..PROJECTS {
        let bearer = bearer(stage, owner)?;
        let body = json!({"name": format!("Alone {number}"), "description": "What it is about"});
        let headers = [("authorization", bearer.as_str())];
        let post = request("POST", "/api/v1/projects", &headers, &body.to_string());
        let answer = client.exchange(&post).await?;
        ensure!(
            answer.status == 201,
            "a project was refused: {}",
            answer.text()
        );
        let answer: Value = serde_json::from_slice(answer.body)?;
        let id = answer["id"].as_str().context("a project without an id")?;
        made.push((owner.clone(), id.to_owned()));
    }
    Ok(made)
}

fn bearer(stage: &Stage, owner: &Reader) -> anyhow::Result<String> {
    let token = stage.signer.token(&owner.user, &owner.org, owner.role)?;
    Ok(format!("Bearer {token}"))
}

/// A write to each project, by its organization's owner.
fn requests(stage: &Stage, projects: &[(Reader, String)]) -> anyhow::Result<Vec<Vec<u8>>> {
    let body = json!({"name": "Written again", "description": "What it is about"}).to_string();
    let mut last = (String::new(), String::new());
    projects
        .iter()
        .map(|(owner, project)| {
            if last.0 != owner.org {
                last = (owner.org.clone(), bearer(stage, owner)?);
            }
            let path = format!("/api/v1/projects/{project}");
            let headers = [("authorization", last.1.as_str())];
            Ok(request("PUT", &path, &headers, &body))
        })
        .collect()
}

/// The same transaction without HTTP around it, with its fact and truly without.
struct AtStore {
    store: Store,
    env: Env,
    tenants: Vec<(TenantDoor, Vec<bailiwick_kernel::id::ProjectId>)>,
}

impl AtStore {
    async fn new(stage: &Stage) -> anyhow::Result<Self> {
        let url = stage
            .postgres
            .tcp_url("bailiwick_app", PASSWORD, DATABASE)?;
        let pool = Pool::connect(PoolConfig::new(url).max_size(WRITERS)).await?;
        let key = format!("bench:{}", "0b".repeat(32));
        let keys = Arc::new(Keys::parse([key.as_str()])?);
        let mut tenants = Vec::new();
        let limit = i64::try_from(ORGS)?;
        for row in stage.superuser.query(&PLACEMENTS, &[&limit]).await? {
            let id: uuid::Uuid = row.try_get(0)?;
            let placement = Placement {
                tenant: id.into(),
                schema: bailiwick_pg::Schema::new(row.try_get(1)?)?,
                epoch: row.try_get(2)?,
            };
            let limit = i64::try_from(PROJECTS)?;
            let rows = stage.superuser.query(&PROJECTS_OF, &[&id, &limit]).await?;
            let projects: Result<Vec<uuid::Uuid>, _> =
                rows.iter().map(|row| row.try_get(0)).collect();
            let projects = projects?.into_iter().map(Into::into).collect();
            tenants.push((
                TenantDoor::new(&placement, Visitor::System("bench")),
                projects,
            ));
        }
        // The one with the most projects first: it is the one that is alone.
        tenants.sort_by_key(|(_, projects): &(_, Vec<_>)| std::cmp::Reverse(projects.len()));
        Ok(Self {
            store: Store::new(pool).with_keys(keys),
            env: Env::system(),
            tenants,
        })
    }

    async fn run(
        &self,
        tenants: usize,
        is_audited: bool,
        time: Duration,
    ) -> anyhow::Result<Sample> {
        let started = Instant::now();
        let writers =
            (0..WRITERS).map(|writer| self.write(writer, tenants, is_audited, started + time));
        let done = futures::future::try_join_all(writers).await?;
        Ok(Sample::new(done.concat(), started.elapsed()))
    }

    async fn write(
        &self,
        writer: usize,
        tenants: usize,
        is_audited: bool,
        until: Instant,
    ) -> anyhow::Result<Vec<u32>> {
        let mut latencies_us = Vec::new();
        for turn in 0_usize.. {
            let begun = Instant::now();
            if begun >= until {
                break;
            }
            let (door, projects) = &self.tenants[(writer + turn) % tenants];
            // No two writers at one row.
            let share = projects.len() / WRITERS;
            let project = projects[if share == 0 {
                writer % projects.len()
            } else {
                writer * share + turn % share
            }];
            let mut tx = self.store.enter(door).await?;
            let now = self.env.now();
            tx.update_project(project, "Written again", Some("What it is about"), now)
                .await?;
            if is_audited {
                let object = project.to_string();
                let what = json!({"name": "Written again", "description": "What it is about"});
                let fact = Fact {
                    before: Some(what.clone()),
                    after: Some(what),
                    ..Fact::impersonal(&self.env, "system", "projects.update", ("project", &object))
                };
                tx.audit_and_commit(&fact).await?;
            } else {
                tx.commit().await?;
            }
            latencies_us.push(u32::try_from(begun.elapsed().as_micros()).unwrap_or(u32::MAX));
        }
        Ok(latencies_us)
    }
}

fn report(rows: &[Row], rounds: usize, time: Duration) -> String {
    let heads = [
        "",
        "audited/s",
        "unaudited/s",
        "kept",
        "min–max",
        "p99 ms",
        "p99 ms without",
    ];
    let lines: Vec<Vec<String>> = rows
        .iter()
        .map(|row| {
            let (audited, unaudited) =
                (Sample::middle(&row.audited), Sample::middle(&row.unaudited));
            let ratios = row.ratios();
            let (low, high) = ratios.iter().fold((f64::MAX, f64::MIN), |(low, high), r| {
                (low.min(*r), high.max(*r))
            });
            vec![
                row.name.clone(),
                format!("{:.0}", audited.per_second),
                format!("{:.0}", unaudited.per_second),
                format!("{:.2}", median(ratios)),
                format!("{low:.2}–{high:.2}"),
                format!("{:.2}", audited.p99_ms),
                format!("{:.2}", unaudited.p99_ms),
            ]
        })
        .collect();
    let over_http = rows.iter().take(2).map(|row| median(row.ratios()));
    let worst = over_http.fold(f64::MAX, f64::min);
    let verdict = if worst >= GOAL { "reached" } else { "missed" };
    format!(
        "# What the audit costs\n\n{}\n\
         {rounds} interleaved rounds of {} s each; medians. Client, server and PostgreSQL share this machine; \
         sealing runs all the while.\n\n\
         - over HTTP, without: a rule in the database lets each insertion into the audit end in nothing; the \
         server is the same and sends the same\n\
         - at the store: one UPDATE with its fact, and the same without the statement at all; nothing of HTTP \
         dilutes the cost there\n\
         - what a fact sets off (its seal, its place in the event streams) counts as its cost\n\
         - the object store is nobody: what it costs to take a link outside twice a second and tenant is not in it\n\
         - goal: over HTTP at least {GOAL:.2} is kept, also in one tenant: {verdict}\n",
        table::render(&heads, &lines),
        time.as_secs(),
    )
}
