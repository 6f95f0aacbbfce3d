//! The measure: `pgbench -M prepared` as the role that serves, over TCP, on the same rows.

use std::fs;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context as _;
use bailiwick_pg::Schema;
use bailiwick_store::{migrations, projects};

use crate::measure::Sample;
use crate::stage::{DATABASE, PASSWORD, Stage};
use crate::world::OWNERS_PROJECT;
use crate::{Cli, process};

/// A transaction stays with its tenant and project for so many, then draws anew: pgbench has no
/// random text, and a query for each draw would be part of what is measured.
const DRAW_EVERY: usize = 20;

/// pgbench with its scripts.
pub struct Pgbench {
    program: PathBuf,
    folder: tempfile::TempDir,
    /// At most so many clients.
    clients_max: usize,
    /// Where the database is entered.
    port: u16,
}

impl Pgbench {
    /// Makes the table of targets, each reader with their project, and the scripts.
    pub async fn new(cli: &Cli, stage: &Stage, readers: usize) -> anyhow::Result<Self> {
        let schema = migrations::SHARED;
        stage.superuser.batch(&format!("
            create schema bench;
            create table bench.targets (
              n bigint primary key, tenant uuid, epoch bigint, membership uuid, version bigint,
              member uuid, project uuid);
            insert into bench.targets
              select row_number() over (order by x.id), x.tenant_id, p.epoch, m.id, m.version,
                     x.member_id, x.project_id
              from {schema}.project_members x
              join {schema}.projects r on r.tenant_id = x.tenant_id and r.id = x.project_id
              join control.placements p on p.organization_id = x.tenant_id
              join control.memberships m on m.organization_id = x.tenant_id and m.user_id = x.member_id
              where x.project_role <> 'lead' or r.name = '{OWNERS_PROJECT}'
              limit {readers};
            grant usage on schema bench to bailiwick_app;
            grant select on bench.targets to bailiwick_app")).await?;
        stage.superuser.batch("vacuum analyze").await?;
        let folder = tempfile::tempdir()?;
        let statement = statement()?;
        fs::write(
            folder.path().join("transaction.sql"),
            format!(
                "\
{draw}BEGIN READ ONLY;
SELECT control.enter(:tenant, :epoch, :membership, :version);
{statement};
COMMIT;
",
                draw = draw(
                    readers,
                    "tenant, epoch, membership, version, member, project"
                )
            ),
        )?;
        fs::write(folder.path().join("select.sql"), format!("\
{draw}select id, clerk_user_id, email, full_name, avatar_url, platform_role, created_at, version from control.users where id = :member;
", draw = draw(readers, "member")))?;
        Ok(Self {
            program: stage.postgres.bin_dir().join("pgbench"),
            folder,
            clients_max: cli.pool,
            port: stage.postgres.tcp_port(),
        })
    }

    /// The same with at most so many clients: otherwise, as many as the server's pool lets through.
    pub fn at_most(self, clients_max: usize) -> Self {
        Self {
            clients_max,
            ..self
        }
    }

    /// How many clients stand for so many connections.
    pub fn clients(&self, connections: usize) -> usize {
        connections.min(self.clients_max)
    }

    /// The transaction of a request.
    pub async fn transaction(&self, connections: usize, time: Duration) -> anyhow::Result<Sample> {
        self.run("transaction.sql", self.port, connections, time)
            .await
    }

    /// The same by a port that leads to the same database.
    pub async fn transaction_by(
        &self,
        port: u16,
        connections: usize,
        time: Duration,
    ) -> anyhow::Result<Sample> {
        self.run("transaction.sql", port, connections, time).await
    }

    /// One row by its key, and nothing around it.
    pub async fn select(&self, connections: usize, time: Duration) -> anyhow::Result<Sample> {
        self.run("select.sql", self.port, connections, time).await
    }

    async fn run(
        &self,
        script: &str,
        port: u16,
        connections: usize,
        time: Duration,
    ) -> anyhow::Result<Sample> {
        let mut command = tokio::process::Command::new(&self.program);
        command
            .args(["-n", "-M", "prepared", "-j", "2", "-D", "i=0"])
            .arg("-c")
            .arg(self.clients(connections).to_string())
            .arg("-T")
            .arg(time.as_secs().to_string())
            .arg("-f")
            .arg(self.folder.path().join(script))
            .args(["-h", "127.0.0.1", "-U", "bailiwick_app", DATABASE])
            .arg("-p")
            .arg(port.to_string())
            .env("PGPASSWORD", PASSWORD);
        let text = process::output(&mut command).await?;
        let after = |start: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(start));
            let word = line.and_then(|line| line.split([' ', '/']).next());
            word.with_context(|| format!("pgbench did not say \"{start}\":\n{text}"))
        };
        // Its percentiles would cost a line of a log for each transaction.
        Ok(Sample {
            per_second: after("tps = ")?.parse()?,
            count: after("number of transactions actually processed: ")?.parse()?,
            mean_ms: after("latency average = ")?.parse()?,
            p50_ms: f64::NAN,
            p99_ms: f64::NAN,
        })
    }
}

/// Draws a target into variables, now and then.
fn draw(readers: usize, columns: &str) -> String {
    format!(
        "\\set i :i + 1\n\\if :i % {DRAW_EVERY} = 1\n\\set n random(1, {readers})\n\
         select {columns} from bench.targets where n = :n \\gset\n\\endif\n"
    )
}

/// The statement of the store itself, with pgbench's variables.
fn statement() -> anyhow::Result<String> {
    let schema = Schema::new(migrations::SHARED)?;
    let get = projects::STATEMENTS
        .iter()
        .find(|statement| statement.name == "GET")
        .context("the store has no statement GET")?;
    let lines: Vec<&str> = get.sql.lines().map(str::trim).collect();
    Ok(lines
        .join(" ")
        .replace("{t}", schema.as_str())
        .replace("$1", ":tenant")
        .replace("$2", ":project")
        .replace("$3", ":member"))
}
