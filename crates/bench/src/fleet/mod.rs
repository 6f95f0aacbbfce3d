//! Ten thousand tenants with a schema each on one PostgreSQL: making them, migrating them, finding
//! nothing to do, and what a backend remembers of those that it served.

mod roam;
mod world;
mod writers;

use std::time::{Duration, Instant};

use anyhow::ensure;
use bailiwick_pg::{Migration, Pool, PoolConfig, sql};
use bailiwick_services::fleet::{self, Event, Options, Report};
use bailiwick_store::fleet::behind;
use bailiwick_store::migrations::ModuleTree;

use crate::measure::median;
use crate::stage::{DATABASE, PASSWORD, Stage};
use crate::{Cli, say, table};

/// What the product promises.
const TENANTS: usize = 10_000;
const GOAL_CREATE_MS: f64 = 40.0;
const GOAL_MIGRATE_S: f64 = 20.0;
const GOAL_BLOCKED_MS: f64 = 500.0;
const GOAL_NOTHING_MS: f64 = 100.0;
const GOAL_MEMORY_MB: f64 = 64.0;

/// The first migration of a module, which brings its ledger: that is made before anything is timed.
const FIRST: Migration = Migration {
    version: 1,
    name: "first",
    sql: "select 1;",
};

/// What a version has.
const BEFORE: ModuleTree = ModuleTree {
    name: "bench",
    migrations: &[FIRST],
};

/// What the next one brings: a column more.
const ADDITIVE: ModuleTree = ModuleTree {
    name: "bench",
    migrations: &[
        FIRST,
        Migration {
            version: 2,
            name: "colour",
            sql: "alter table {t}.projects add column bench_colour text;",
        },
    ],
};

sql! {
    /// How large the database is, and how many relations it has.
    SIZE() = "
        select pg_database_size(current_database()), (select count(*) from pg_class),
               current_setting('max_locks_per_transaction')::bigint, current_setting('server_version')";
    /// The most locks that one transaction holds just now.
    LOCKS() = "select coalesce(max(n), 0) from (select count(*) as n from pg_locks group by pid) l";
}

/// Measures, and says what came of it.
pub async fn run(cli: &Cli) -> anyhow::Result<String> {
    let tenants = cli.tenants.unwrap_or(if cli.quick { 200 } else { TENANTS });
    let mut stage = Stage::start(cli).await?;
    let url = stage
        .postgres
        .tcp_url("bailiwick_owner", PASSWORD, DATABASE)?;
    let owner = |max| {
        Pool::connect(
            PoolConfig::new(url.clone())
                .max_size(max)
                .statement_cache(0),
        )
    };

    let made = world::make(&stage, &owner(1).await?, tenants).await?;
    let late = made.create_ms.len().saturating_sub(tenants / 10);
    let late_ms = &made.create_ms[late..];
    let idle = nothing(cli, &owner(1).await?, &url).await?;

    say("a module's ledger in each of them, which is not measured");
    let four = owner(4).await?;
    migrate(&four, &[BEFORE]).await?;
    say("one additive migration over all of them, beside writers");
    let alone = writers::run(&stage, &made.schemas, Duration::from_secs(5)).await?;
    let writing = writers::start(&stage, &made.schemas).await?;
    let started = Instant::now();
    let report = migrate(&four, &[ADDITIVE]).await?;
    let migrate_s = started.elapsed().as_secs_f64();
    let beside = writing.stop().await?;
    ensure!(report.failed.is_empty(), "{:?}", report.failed);
    ensure!(report.upgraded == tenants, "{} came along", report.upgraded);

    let time = Duration::from_secs(cli.seconds.unwrap_or(if cli.quick { 5 } else { 100 }));
    let roamed = roam::run(cli, &stage, tenants, time).await?;
    let size = stage.superuser.query_one(&SIZE, &[]).await?;
    stage.server.stop()?;

    let row = |what: &str, value: String, goal: Option<f64>| {
        let goal = goal.map_or(String::new(), |goal| format!("{goal:.0}"));
        vec![what.to_owned(), value, goal]
    };
    let rows = [
        row(
            "make a tenant's schema, median, ms",
            ms(median(made.create_ms.iter().copied())),
            None,
        ),
        row(
            "… 99 of 100, ms",
            ms(quantile(&made.create_ms, 0.99)),
            Some(GOAL_CREATE_MS),
        ),
        row(
            "… of the last tenth, median, ms",
            ms(median(late_ms.iter().copied())),
            Some(GOAL_CREATE_MS),
        ),
        row(
            "… locks that it holds at once",
            made.locks_max.to_string(),
            None,
        ),
        row(
            "an additive migration over all, s",
            format!("{migrate_s:.1}"),
            Some(GOAL_MIGRATE_S),
        ),
        row(
            "… connections",
            Options::default().jobs.to_string(),
            Some(4.0),
        ),
        row(
            "… a writer's longest wait, ms",
            ms(beside.longest_ms),
            Some(GOAL_BLOCKED_MS),
        ),
        row(
            "… of a tenant that is held busy, ms",
            ms(beside.hot_ms),
            Some(GOAL_BLOCKED_MS),
        ),
        row(
            "… a writer's longest wait without it, ms",
            ms(alone.longest_ms),
            None,
        ),
        row(
            "nothing to do: the question, ms",
            ms(idle.question_ms),
            Some(GOAL_NOTHING_MS),
        ),
        row(
            "… the whole walk, ms",
            ms(idle.walk_ms),
            Some(GOAL_NOTHING_MS),
        ),
        row(
            "… the command, from start to end, ms",
            ms(idle.command_ms),
            None,
        ),
        row(
            "private memory of a backend at 200/s, most, MB",
            format!("{:.0}", roamed.most_mb),
            Some(GOAL_MEMORY_MB),
        ),
        row(
            "… median of the backends, MB",
            format!("{:.0}", roamed.median_mb),
            None,
        ),
    ];
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    let gigabytes = size.try_get::<_, i64>(0)? as f64 / f64::from(1 << 30);
    Ok(format!(
        "# {tenants} tenants, each with a schema of its own\n\n{}\n\
         PostgreSQL {}: {} relations, {gigabytes:.1} GB, max_locks_per_transaction {}. The migration went beside {} \
         writers over all tenants ({} writes) and one tenant whose rows somebody held for {} ms again and \
         again; lock timeout {} ms. While memory was measured, {} requests went out over all tenants in {} s \
         ({:.0} a second, p50 {:.1} ms, p99 {:.1} ms) over {} backends.\n",
        table::render(&["what", "measured", "goal"], &rows),
        size.try_get::<_, String>(3)?,
        size.try_get::<_, i64>(1)?,
        size.try_get::<_, i64>(2)?,
        writers::WRITERS,
        beside.writes,
        writers::HELD_MS,
        Options::default().lock_timeout.as_millis(),
        roamed.sample.count,
        time.as_secs(),
        roamed.sample.per_second,
        roamed.sample.p50_ms,
        roamed.sample.p99_ms,
        roamed.backends,
    ))
}

fn ms(value: f64) -> String {
    format!("{value:.1}")
}

/// The value below which so many lie.
fn quantile(values: &[f64], part: f64) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a place in a list"
    )]
    let place = (sorted.len() as f64 * part) as usize;
    sorted
        .get(place.min(sorted.len().saturating_sub(1)))
        .copied()
        .unwrap_or(f64::NAN)
}

async fn migrate(owner: &Pool, modules: &[ModuleTree]) -> anyhow::Result<Report> {
    let tell = |event: Event<'_>| {
        if let Event::Failed(schema, error) = event {
            say(&format!("{schema}: {error}"));
        }
    };
    Ok(fleet::run(owner, modules, &Options::default(), &tell).await?)
}

/// How long it takes to learn that there is nothing to do.
struct Idle {
    question_ms: f64,
    walk_ms: f64,
    command_ms: f64,
}

async fn nothing(cli: &Cli, owner: &Pool, url: &str) -> anyhow::Result<Idle> {
    say("nothing to do");
    let (mut question, mut walk, mut command) = (Vec::new(), Vec::new(), Vec::new());
    for _ in 0..cli.rounds.unwrap_or(5) {
        let started = Instant::now();
        ensure!(
            behind(owner, &[], false).await?.is_empty(),
            "something is behind"
        );
        question.push(millis(started));
        let started = Instant::now();
        ensure!(
            migrate(owner, &[]).await? == Report::default(),
            "it did something"
        );
        walk.push(millis(started));
        let mut program = tokio::process::Command::new(&cli.binary);
        program.arg("migrate").env("DATABASE_MIGRATION_URL", url);
        let started = Instant::now();
        crate::process::output(&mut program).await?;
        command.push(millis(started));
    }
    Ok(Idle {
        question_ms: median(question),
        walk_ms: median(walk),
        command_ms: median(command),
    })
}

fn millis(started: Instant) -> f64 {
    started.elapsed().as_secs_f64() * 1000.0
}
