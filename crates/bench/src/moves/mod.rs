//! A tenant of a million rows moves to a schema of its own and back while it is written to, beside
//! tenants that stay; and, as a measurement of its own, moves are killed at random moments.

mod kills;
mod tenant;
mod writers;

use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use bailiwick_kernel::Tier;

use self::tenant::Tenant;
use self::writers::{Load, Wrote};
use crate::stage::{LARGE, Stage};
use crate::world::Reader;
use crate::{Cli, say, table, world};

/// Organizations: one that moves, and those beside it.
const ORGS: usize = 6;
/// Rows of the one that moves.
const ROWS: u64 = 1_000_000;
const ROWS_QUICK: u64 = 20_000;
/// Writes a second in the tenant that moves, and in the others together.
const WRITES: f64 = 200.0;
const OTHERS: f64 = 100.0;
/// What the product promises.
const STALL_P99_MS: f64 = 250.0;
const STALL_MAX_MS: f64 = 500.0;
const OTHERS_RATIO: f64 = 1.5;
/// A move that has not ended by then is broken.
const PATIENCE: Duration = Duration::from_secs(900);

/// One move under load, beside the same load without a move.
struct Round {
    to: Tier,
    took: Duration,
    own: Wrote,
    others: Wrote,
    calm: Wrote,
    amiss: Vec<String>,
}

impl Round {
    /// What the others' p99 was of what it is without a move.
    fn ratio(&self) -> f64 {
        self.others.percentile_ms(99) / self.calm.percentile_ms(99)
    }
}

/// Measures, and says what came of it.
pub async fn run(cli: &Cli) -> anyhow::Result<String> {
    let rounds = cli.rounds.unwrap_or(if cli.quick { 1 } else { 5 });
    let calm = Duration::from_secs(cli.seconds.unwrap_or(if cli.quick { 3 } else { 15 }));
    let (mut stage, owners, tenant) = prepare(cli).await?;
    let mut done = Vec::new();
    for round in 1..=rounds {
        for to in [Tier::Pro, Tier::Starter] {
            let one = move_under_load(&stage, &owners, &tenant, (round, to), calm).await?;
            say(&format!(
                "round {round} of {rounds}, to {to}: {:.0} s, p99 {:.0} ms, max {:.0} ms, others {:.1} of {:.1} ms, {:.2}x, amiss {:?}",
                one.took.as_secs_f64(),
                one.own.percentile_ms(99),
                one.own.percentile_ms(100),
                one.others.percentile_ms(99),
                one.calm.percentile_ms(99),
                one.ratio(),
                one.amiss,
            ));
            done.push(one);
        }
    }
    stage.server.stop()?;
    Ok(report(&done, tenant.rows()))
}

/// Kills within moves, and says what came of it.
pub async fn kills(cli: &Cli) -> anyhow::Result<String> {
    let (mut stage, owners, mut tenant) = prepare(cli).await?;
    let mover = owners.first().context("no organizations")?;
    let often = if cli.quick { (20, 2) } else { (500, 20) };
    let text = kills::run(&mut stage, mover, &mut tenant, often).await?;
    stage.server.stop()?;
    Ok(text)
}

/// A server, the owners of its organizations, and the first one's tenant, filled.
async fn prepare(cli: &Cli) -> anyhow::Result<(Stage, Vec<Reader>, Tenant)> {
    let stage = Stage::start_owning(cli).await?;
    let readers = world::fill(&stage, ORGS).await?;
    let owners: Vec<_> = readers.into_iter().filter(|r| r.role == "admin").collect();
    let mover = owners.first().context("no organizations")?;
    let rows = if cli.quick { ROWS_QUICK } else { ROWS };
    let tenant = Tenant::fill(&stage, &mover.org, rows).await?;
    Ok((stage, owners, tenant))
}

async fn move_under_load(
    stage: &Stage,
    owners: &[Reader],
    tenant: &Tenant,
    (round, to): (usize, Tier),
    calm: Duration,
) -> anyhow::Result<Round> {
    let (mover, beside) = owners.split_at(1);
    let begin = |what: &str| {
        let label = format!("{what} {round} {to}");
        let own = Load::start(stage, mover, WRITES, label.clone());
        (own, Load::start(stage, beside, OTHERS, label))
    };
    let (own, others) = begin("calm");
    tokio::time::sleep(calm).await;
    let (before, calm) = (own.stop().await?, others.stop().await?);
    let (own, others) = begin("move");
    let began = Instant::now();
    tenant.want(stage, to).await?;
    tenant.settled(stage, to, PATIENCE).await?;
    let took = began.elapsed();
    let (own, others) = (own.stop().await?, others.stop().await?);
    ensure!(own.refused == 0, "{} writes were refused", own.refused);
    let mut amiss = tenant.amiss(stage, &own.acknowledged).await?;
    amiss.extend(tenant.amiss(stage, &before.acknowledged).await?);
    Ok(Round {
        to,
        took,
        own,
        others,
        calm,
        amiss,
    })
}

fn report(done: &[Round], rows: u64) -> String {
    let heads = [
        "",
        "took s",
        "writes",
        "p50 ms",
        "p99 ms",
        "max ms",
        "others p99",
        "without",
        "ratio",
        "lost, doubled, differ",
    ];
    let lines: Vec<Vec<String>> = done
        .iter()
        .map(|round| {
            vec![
                format!("to {}", round.to),
                format!("{:.0}", round.took.as_secs_f64()),
                round.own.count().to_string(),
                format!("{:.1}", round.own.percentile_ms(50)),
                format!("{:.1}", round.own.percentile_ms(99)),
                format!("{:.1}", round.own.percentile_ms(100)),
                format!("{:.1}", round.others.percentile_ms(99)),
                format!("{:.1}", round.calm.percentile_ms(99)),
                format!("{:.2}", round.ratio()),
                round.amiss.len().to_string(),
            ]
        })
        .collect();
    let worst = |figure: fn(&Round) -> f64| done.iter().map(figure).fold(0.0, f64::max);
    let (p99, max) = (
        worst(|r| r.own.percentile_ms(99)),
        worst(|r| r.own.percentile_ms(100)),
    );
    let ratio = crate::measure::median(done.iter().map(Round::ratio));
    let amiss: usize = done.iter().map(|round| round.amiss.len()).sum();
    let verdict =
        if p99 <= STALL_P99_MS && max <= STALL_MAX_MS && ratio <= OTHERS_RATIO && amiss == 0 {
            "reached"
        } else {
            "missed"
        };
    format!(
        "# Tenants on the move\n\n{}\n\
         {rows} rows over four tables, {WRITES:.0} writes a second in the tenant that moves and {OTHERS:.0} in five others, \
         over HTTP, each timed from when it was due. *Others* and *without*: the others' p99 during the move and \
         just before it, under the same load. Every acknowledged write is looked for afterwards, and the rows that \
         nobody wrote are compared by their sum. Client, server and PostgreSQL ({}) share this machine.\n\n\
         - worst p99 {p99:.0} ms (goal {STALL_P99_MS:.0}), worst of all {max:.0} ms (goal {STALL_MAX_MS:.0}), others' p99 \
         {ratio:.2} of what it was (goal {OTHERS_RATIO:.1}), amiss {amiss}: {verdict}\n\n",
        table::render(&heads, &lines),
        LARGE
            .map(|(name, value)| format!("{name} {value}"))
            .join(", "),
    )
}
