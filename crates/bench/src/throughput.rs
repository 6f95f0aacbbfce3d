//! Reading one project: HTTP with everything that a request goes through, beside `pgbench` with
//! the same transaction, and beside one plain SELECT. In interleaved rounds, so that what disturbs
//! one disturbs all.

use std::rc::Rc;
use std::time::Duration;

use anyhow::ensure;

use crate::measure::{Sample, median};
use crate::pgbench::Pgbench;
use crate::stage::Stage;
use crate::world::{self, MEMBERS, Reader};
use crate::{Cli, load, process, say, table};

/// Organizations of the shared tier.
const ORGS: usize = 100;
const HIT: &str = "clerk_token_cache_total{result=\"hit\"}";
const MISS: &str = "clerk_token_cache_total{result=\"miss\"}";

/// All rounds of one number of connections.
#[derive(Default)]
struct Row {
    http: Vec<Sample>,
    transaction: Vec<Sample>,
    select: Vec<Sample>,
    /// Of each round: share of tokens that were known.
    hit_rate: Vec<f64>,
    /// Of each round: processor time of the server and of PostgreSQL, microseconds a request.
    server_us: Vec<f64>,
    postgres_us: Vec<f64>,
}

/// Measures, and says what came of it.
pub async fn run(cli: &Cli) -> anyhow::Result<String> {
    let (rounds, seconds) = if cli.quick { (3, 2) } else { (5, 6) };
    let rounds = cli.rounds.unwrap_or(rounds);
    let time = Duration::from_secs(cli.seconds.unwrap_or(seconds));
    let mut stage = Stage::start(cli).await?;
    let readers = world::fill(&stage, ORGS).await?;
    let pgbench = Pgbench::new(cli, &stage, readers.len()).await?;
    let mut rows: Vec<Row> = cli.connections.iter().map(|_| Row::default()).collect();
    for round in 0..=rounds {
        for (row, connections) in rows.iter_mut().zip(&cli.connections) {
            let mut warm_up = Row::default();
            // The first round fills caches and counts for nothing.
            let row = if round == 0 { &mut warm_up } else { row };
            let time = if round == 0 {
                Duration::from_secs(1)
            } else {
                time
            };
            http(&stage, &readers, *connections, time, row).await?;
            row.transaction
                .push(pgbench.transaction(*connections, time).await?);
            row.select.push(pgbench.select(*connections, time).await?);
            if let (1.., [.., http], [.., pg]) = (round, &row.http[..], &row.transaction[..]) {
                say(&format!(
                    "round {round} of {rounds}, {connections} connections: HTTP {:.0}/s, pgbench {:.0}/s, ratio {:.2}",
                    http.per_second,
                    pg.per_second,
                    http.per_second / pg.per_second
                ));
            }
        }
    }
    let resident_mb = process::resident_mb(stage.server.id())?;
    let text = report(cli, &pgbench, &rows, rounds, time, resident_mb);
    stage.server.stop()?;
    Ok(text)
}

async fn http(
    stage: &Stage,
    readers: &[Reader],
    connections: usize,
    time: Duration,
    row: &mut Row,
) -> anyhow::Result<()> {
    let requests: anyhow::Result<Vec<Vec<u8>>> =
        readers.iter().map(|reader| reader.request(stage)).collect();
    let requests = Rc::new(requests?);
    let server = stage.server.id();
    let postgres = u32::try_from(stage.postgres.pid())?;
    let (hits, misses) = (stage.counter(HIT).await?, stage.counter(MISS).await?);
    let before = (
        process::processor_secs(server)?,
        process::processor_secs(postgres)?,
    );
    let sample = load::run(stage.public, requests, connections, time).await?;
    ensure!(sample.count > 0, "not one request was answered");
    #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
    let each_us = |secs: f64| secs * 1e6 / sample.count as f64;
    row.server_us
        .push(each_us(process::processor_secs(server)? - before.0));
    row.postgres_us
        .push(each_us(process::processor_secs(postgres)? - before.1));
    let hits = stage.counter(HIT).await? - hits;
    let misses = stage.counter(MISS).await? - misses;
    row.hit_rate.push(hits / (hits + misses));
    row.http.push(sample);
    Ok(())
}

fn report(
    cli: &Cli,
    pgbench: &Pgbench,
    rows: &[Row],
    rounds: usize,
    time: Duration,
    resident_mb: f64,
) -> String {
    let heads = [
        "",
        "per s",
        "mean ms",
        "p50 ms",
        "p99 ms",
        "÷ transaction",
        "min–max",
    ];
    let cells = |what: String, samples: &[Sample], ratios: &[f64]| {
        let sample = Sample::middle(samples);
        let ms = |ms: f64| {
            if ms.is_nan() {
                "–".to_owned()
            } else {
                format!("{ms:.2}")
            }
        };
        let (low, high) = ratios.iter().fold((f64::MAX, f64::MIN), |(low, high), r| {
            (low.min(*r), high.max(*r))
        });
        vec![
            what,
            format!("{:.0}", sample.per_second),
            ms(sample.mean_ms),
            ms(sample.p50_ms),
            ms(sample.p99_ms),
            format!("{:.2}", median(ratios.iter().copied())),
            format!("{low:.2}–{high:.2}"),
        ]
    };
    let mut lines = Vec::new();
    for (row, connections) in rows.iter().zip(&cli.connections) {
        let to_transaction = |samples: &[Sample]| -> Vec<f64> {
            let pairs = samples.iter().zip(&row.transaction);
            pairs
                .map(|(one, other)| one.per_second / other.per_second)
                .collect()
        };
        let clients = pgbench.clients(*connections);
        for (what, samples) in [
            (format!("GET project, {connections} connections"), &row.http),
            (
                format!("pgbench, same transaction, -c {clients}"),
                &row.transaction,
            ),
            (
                format!("pgbench, one SELECT by key, -c {clients}"),
                &row.select,
            ),
        ] {
            lines.push(cells(what, samples, &to_transaction(samples)));
        }
    }
    let middle_of = |pick: fn(&Row) -> &Vec<f64>| median(rows.iter().flat_map(pick).copied());
    format!(
        "# Reading one project over HTTP\n\n{}\n\
         {rounds} interleaved rounds of {} s each; medians, and the ratios' median and range. Client, \
         server and PostgreSQL share this machine.\n\n\
         - {} tenants in the shared schema, {} tokens (RS256, one a member, signed anew for each round), \
         token cache hits {:.1} %\n\
         - pool: {} connections; pgbench -M prepared -j 2 with as many clients as the pool lets through\n\
         - processor time a request: server {:.0} µs, PostgreSQL {:.0} µs\n\
         - server's log at `{}`, rate limits off; memory after the load: {resident_mb:.0} MB\n",
        table::render(&heads, &lines),
        time.as_secs(),
        ORGS,
        ORGS * MEMBERS,
        middle_of(|row| &row.hit_rate) * 100.0,
        cli.pool,
        middle_of(|row| &row.server_us),
        middle_of(|row| &row.postgres_us),
        cli.log,
    )
}
