//! A tenant of a million rows moves to a schema of its own and back while it is written to, beside
//! tenants that stay; and, as a measurement of its own, moves are killed at random moments.

mod kills;
mod report;
mod tenant;
mod writers;

use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use bailiwick_kernel::Tier;

use self::tenant::Tenant;
use self::writers::{Load, Wrote};
use crate::stage::Stage;
use crate::world::Reader;
use crate::{Cli, say, world};

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
    /// When each step began.
    steps: Vec<(String, Duration)>,
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
    let calm = Duration::from_secs(cli.seconds.unwrap_or(if cli.quick { 3 } else { 20 }));
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
    Ok(report::of(&done, tenant.rows()))
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
    let rows = cli
        .rows
        .unwrap_or(if cli.quick { ROWS_QUICK } else { ROWS });
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
    let steps = tenant.settled(stage, to, PATIENCE).await?;
    let took = began.elapsed();
    let (own, others) = (own.stop().await?, others.stop().await?);
    ensure!(own.refused == 0, "{} writes were refused", own.refused);
    let mut amiss = tenant.amiss(stage, &own.acknowledged).await?;
    amiss.extend(tenant.amiss(stage, &before.acknowledged).await?);
    Ok(Round {
        to,
        took,
        steps,
        own,
        others,
        calm,
        amiss,
    })
}
