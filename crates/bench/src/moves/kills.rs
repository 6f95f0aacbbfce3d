//! The server or the move's database backend is killed at random moments; the move ends by itself.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::ensure;
use bailiwick_kernel::Tier;
use bailiwick_pg::sql;
use bailiwick_testkit::Dice;

use super::tenant::Tenant;
use super::writers::Load;
use crate::stage::Stage;
use crate::world::Reader;
use crate::{say, table};

sql! {
    /// Ends the backends that work on a move.
    TERMINATE() = "
        select count(pg_terminate_backend(pid)) from pg_catalog.pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()
          and usename in ('bailiwick_app', 'bailiwick_owner') and state <> 'idle'";
    /// Ends the claims of a server that is dead, as `bailiwick dev` does when it starts.
    RELEASE() = "update control.jobs set locked_until = now() where locked_until > now()";
}

/// A move that has not ended by then is broken: a claim of a dead process holds for 15 s.
const PATIENCE: Duration = Duration::from_secs(600);
/// Rows of a small tenant.
const FEW: u64 = 10_000;
/// Writes a second while all this happens.
const WRITES: f64 = 20.0;

/// How often, of what, and what came of it.
#[derive(Default)]
struct Tally {
    server: usize,
    backend: usize,
    /// How many hit a move at which step; `beginning` is before there is a record of it.
    steps: BTreeMap<String, usize>,
    moves: usize,
    facts: usize,
    amiss: Vec<String>,
}

impl Tally {
    fn kills(&self) -> usize {
        self.server + self.backend
    }
}

/// Kills `large` times within moves of a million rows, then `small` times of a few.
pub async fn run(
    stage: &mut Stage,
    owner: &Reader,
    tenant: &mut Tenant,
    (small, large): (usize, usize),
) -> anyhow::Result<String> {
    let mut dice = Dice::new(1);
    let mut tallies = Vec::new();
    let many = tenant.rows();
    // The longest pause between two kills, which is somewhat less than a move takes: most moves are
    // hit once or a few times, at any of their steps.
    for (rows, kills, longest_ms) in [(many, large, 60_000), (FEW, small, 2_000)] {
        if rows < tenant.rows() {
            tenant.shrink(stage, rows).await?;
        }
        let tally = often(stage, owner, tenant, &mut dice, (kills, longest_ms)).await?;
        ensure!(tally.amiss.is_empty(), "{:?}", tally.amiss);
        tallies.push((rows, tally));
    }
    Ok(report(&tallies))
}

fn report(tallies: &[(u64, Tally)]) -> String {
    let heads = [
        "killed within moves of",
        "server",
        "backends",
        "moves ended",
        "writes looked for",
        "lost, doubled, differ",
    ];
    let lines = tallies.iter().map(|(rows, tally)| {
        vec![
            format!("{rows} rows"),
            tally.server.to_string(),
            tally.backend.to_string(),
            tally.moves.to_string(),
            tally.facts.to_string(),
            tally.amiss.len().to_string(),
        ]
    });
    let steps = tallies.iter().flat_map(|(rows, tally)| {
        let hit = tally.steps.iter();
        hit.map(move |(step, kills)| vec![format!("{rows} rows, {step}"), kills.to_string()])
    });
    format!(
        "# Moves that are killed\n\n{}\n\
         At random moments: `kill -9` of the server, or every busy backend of the server's roles is terminated, under \
         {WRITES:.0} writes a second. After each move there is one home, nothing is left in another, and every write \
         that was acknowledged is there once. A dead server's claim on the work holds for 15 s: the moves of {FEW} rows \
         are spared that wait, by the statement with which `bailiwick dev` starts, the large ones are not.\n\n{}",
        table::render(&heads, &lines.collect::<Vec<_>>()),
        table::render(&["killed at the step", "kills"], &steps.collect::<Vec<_>>()),
    )
}

async fn often(
    stage: &mut Stage,
    owner: &Reader,
    tenant: &Tenant,
    dice: &mut Dice,
    (kills, longest_ms): (usize, usize),
) -> anyhow::Result<Tally> {
    let is_released = tenant.rows() == FEW;
    let mut tally = Tally::default();
    let mut tier = Tier::Starter;
    let mut round = 0;
    while tally.kills() < kills {
        round += 1;
        tier = if tier == Tier::Starter {
            Tier::Pro
        } else {
            Tier::Starter
        };
        let load = Load::start(
            stage,
            std::slice::from_ref(owner),
            WRITES,
            format!("k{round}x{}", tenant.rows()),
        );
        tenant.want(stage, tier).await?;
        let began = Instant::now();
        loop {
            ensure!(began.elapsed() < PATIENCE, "a move does not end");
            let pause = Duration::from_millis(u64::try_from(dice.below(longest_ms))?);
            if tenant.is_settled_within(stage, tier, pause).await? {
                break;
            }
            if tally.kills() >= kills {
                continue;
            }
            let step = tenant.step(stage).await?;
            let step = step.map_or_else(|| "beginning".to_owned(), |step| step.to_lowercase());
            *tally.steps.entry(step).or_default() += 1;
            if dice.below(2) == 0 {
                stage.kill_server()?;
                if is_released {
                    stage.superuser.execute(&RELEASE, &[]).await?;
                }
                stage.start_server().await?;
                tally.server += 1;
            } else {
                stage.superuser.query(&TERMINATE, &[]).await?;
                tally.backend += 1;
            }
            if tally.kills() % 20 == 0 {
                say(&format!("{} of {kills} kills", tally.kills()));
            }
        }
        let wrote = load.stop().await?;
        tally.moves += 1;
        tally.facts += wrote.acknowledged.len();
        tally
            .amiss
            .extend(tenant.amiss(stage, &wrote.acknowledged).await?);
    }
    if tier == Tier::Pro {
        tenant.want(stage, Tier::Starter).await?;
        tenant.settled(stage, Tier::Starter, PATIENCE).await?;
    }
    Ok(tally)
}
