//! How long a removed member is still let in: from the moment at which the provider says that the
//! membership ended, to the refusal, at the server that is told and at another one on the same
//! database. Both have just let the member in, so what they cache is as fresh as it can be.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::ensure;

use crate::http::Client;
use crate::measure::Sample;
use crate::stage::Stage;
use crate::world::{self, MEMBERS, Reader};
use crate::{Cli, say, table};

/// Removals that are measured.
const TRIALS: usize = 500;
const TRIALS_QUICK: usize = 45;
/// What the product promises, in milliseconds at the 99th percentile.
const GOAL_MS: f64 = 1000.0;
/// Longer than the promise of whoever loses a webhook: then something is broken.
const PATIENCE: Duration = Duration::from_secs(35);
/// Between two questions: both servers share the processors with who asks.
const PAUSE: Duration = Duration::from_millis(1);

/// How long each trial took at one server.
#[derive(Default)]
struct Times(Vec<Duration>);

/// Measures, and says what came of it.
pub async fn run(cli: &Cli) -> anyhow::Result<String> {
    let trials = if cli.quick { TRIALS_QUICK } else { TRIALS };
    let mut stage = Stage::start(cli).await?;
    let mut other = stage.another(cli).await?;
    // One of each organization's members is its owner, and stays.
    let readers = world::fill(&stage, trials.div_ceil(MEMBERS - 1)).await?;
    let removed = readers.iter().filter(|r| r.role != "admin").take(trials);
    let (mut told, mut beside) = (Times::default(), Times::default());
    let mut webhooks = Client::connect(stage.public).await?;
    for (trial, reader) in removed.enumerate() {
        let (here, there) = one(&stage, other.public, &mut webhooks, reader).await?;
        told.0.push(here);
        beside.0.push(there);
        if (trial + 1) % 100 == 0 {
            say(&format!("{} of {trials} removals", trial + 1));
        }
    }
    ensure!(
        told.0.len() == trials,
        "{} members were there",
        told.0.len()
    );
    other.server.stop()?;
    stage.server.stop()?;
    let rows = [
        told.row("the server that the webhook reached"),
        beside.row("the other server"),
    ];
    Ok(format!(
        "# From the provider's word to the refusal\n\n{}\n\
         {trials} memberships ended, one after the other, on two `bailiwick serve` processes with one \
         database. The clock starts when the provider, whose state has changed, begins to send its \
         webhook, and stops with the refusal of the member's next request; both servers had \
         answered the same request with 200 just before. Servers, PostgreSQL and who asks share this \
         machine.\n",
        table::render(&["milliseconds", "p50", "p99", "max", "goal p99"], &rows),
    ))
}

/// One removal; how long it took here and there.
async fn one(
    stage: &Stage,
    other: SocketAddr,
    webhooks: &mut Client,
    reader: &Reader,
) -> anyhow::Result<(Duration, Duration)> {
    let request = reader.request(stage)?;
    let (mut here, mut there) = (
        Client::connect(stage.public).await?,
        Client::connect(other).await?,
    );
    for client in [&mut here, &mut there] {
        let status = client.exchange(&request).await?.status;
        ensure!(status == 200, "a member was answered {status}");
    }
    let started = Instant::now();
    let (sent, here, there) = tokio::join!(
        world::remove(webhooks, reader),
        refused(&mut here, &request, started),
        refused(&mut there, &request, started),
    );
    sent?;
    Ok((here?, there?))
}

/// Asks until the answer is a refusal.
async fn refused(
    client: &mut Client,
    request: &[u8],
    started: Instant,
) -> anyhow::Result<Duration> {
    loop {
        let status = client.exchange(request).await?.status;
        let elapsed = started.elapsed();
        match status {
            // What is read while the membership ends is a project that one is not on any more.
            403 | 404 => return Ok(elapsed),
            200 => ensure!(elapsed < PATIENCE, "still let in after {elapsed:?}"),
            other => anyhow::bail!("a member was answered {other}"),
        }
        tokio::time::sleep(PAUSE).await;
    }
}

impl Times {
    fn row(&self, what: &str) -> Vec<String> {
        let micros = |time: &Duration| u32::try_from(time.as_micros()).unwrap_or(u32::MAX);
        let longest = self.0.iter().max().copied().unwrap_or_default();
        let total = self.0.iter().sum();
        let sample = Sample::new(self.0.iter().map(micros).collect(), total);
        vec![
            what.to_owned(),
            format!("{:.1}", sample.p50_ms),
            format!("{:.1}", sample.p99_ms),
            format!("{:.1}", longest.as_secs_f64() * 1000.0),
            format!("{GOAL_MS:.0}"),
        ]
    }
}
