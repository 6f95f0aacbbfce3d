//! A long history at a provider of which much is lost, repeated, late and out of order, on a server
//! that is killed again and again; then one sweep, and what differs afterwards.

use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use bailiwick_pg::sql;
use bailiwick_testkit::{Dice, Message, Model, Provider};
use jiff::{SignedDuration, Timestamp};

use crate::http::{Client, request};
use crate::signer::now;
use crate::stage::{Stage, WEBHOOK_SECRET};
use crate::{Cli, say, table};

/// Events of a run, and of a quick one.
const EVENTS: usize = 20_000;
const EVENTS_QUICK: usize = 2_000;
/// The server is killed once in so many events, on average.
const KILL_EVERY: usize = 1_000;
/// Connections that deliver at the same time.
const SENDERS: usize = 8;
/// When the history begins, before now: long enough for all of it to lie behind us.
const BEFORE: SignedDuration = SignedDuration::from_hours(4);
const SEED: u64 = 20_260_101;
/// What the sweep's lines begin with where it repaired something, and where it did not.
const REPAIRED: [&str; 3] = ["missing", "changed", "extra"];
const LEFT: [&str; 3] = ["deletedHere", "settling", "failed"];
/// How long the server may take for what it was sent.
const SETTLED_MAX: Duration = Duration::from_secs(900);

sql! {
    /// Messages and jobs that are neither done nor given up.
    OPEN() = "
        select (select count(*) from control.webhook_inbox where state in ('received', 'parked'))
             + (select count(*) from control.jobs where dead_at is null)";
    /// Messages that were given up.
    DEAD() = "select count(*) from control.webhook_inbox where state = 'dead'";
}

/// One delivery of an event, and after how many events it comes.
struct Delivery {
    at: usize,
    message: Message,
}

/// What happened.
#[derive(Default)]
struct Tally {
    events: usize,
    lost: usize,
    sent: usize,
    refused: usize,
    kills: usize,
}

/// Runs it; the table.
pub async fn run(cli: &Cli) -> anyhow::Result<String> {
    let events = if cli.quick { EVENTS_QUICK } else { EVENTS };
    let provider = Provider::default();
    let settings = [
        ("CLERK_API_URL", provider.serve().await),
        ("CLERK_SECRET_KEY", Provider::SECRET_KEY.to_owned()),
        ("SYNC_CALLS_PER_SECOND", "2000".to_owned()),
    ];
    let mut stage = Stage::start_with(cli, &settings).await?;
    let start = Timestamp::from_second(now()?.try_into()?)? - BEFORE;
    let mut model = Model::new(SEED, start, provider.clone());
    say(&format!("{events} events, a kill every {KILL_EVERY}"));
    let begun = Instant::now();
    let tally = history(&mut stage, &mut model, events).await?;
    settle(&stage).await?;
    let delivered = begun.elapsed();
    let dead: i64 = stage.superuser.query_one(&DEAD, &[]).await?.try_get(0)?;
    let before = model.differences(&stage.superuser).await;
    let calls_before = provider.take_calls().len();

    say("one sweep");
    let begun = Instant::now();
    let sweep = ["sync", "sweep", "--allow-deletions", "1000000"];
    let said = stage.command(&sweep).await?;
    let swept = begun.elapsed();
    let calls = provider.take_calls().len();
    settle(&stage).await?;
    let after = model.differences(&stage.superuser).await;
    let count = |kinds: &[&str]| said.lines().filter(|line| is_of(kinds, line)).count();
    let (found, left) = (count(&REPAIRED), count(&LEFT));
    let rows = [
        ("events at the provider", tally.events.to_string()),
        ("of these lost", tally.lost.to_string()),
        (
            "deliveries, up to five each, in any order",
            tally.sent.to_string(),
        ),
        (
            "sent again, since the server was dead",
            tally.refused.to_string(),
        ),
        ("kills of the server", tally.kills.to_string()),
        (
            "until all of it was processed, s",
            format!("{:.1}", delivered.as_secs_f64()),
        ),
        ("calls to the provider meanwhile", calls_before.to_string()),
        ("messages given up", dead.to_string()),
        ("rows of the mirror", model.size().to_string()),
        (
            "rows that differed before the sweep",
            before.len().to_string(),
        ),
        ("differences that the sweep repaired", found.to_string()),
        ("differences that it left", left.to_string()),
        ("the sweep, s", format!("{:.1}", swept.as_secs_f64())),
        ("its calls to the provider", calls.to_string()),
        ("rows that differ after it", after.len().to_string()),
    ];
    let rows: Vec<Vec<String>> = rows.map(|(what, n)| vec![what.to_owned(), n]).to_vec();
    let text = table::render(&["sync", "figure"], &rows);
    ensure!(after.is_empty(), "{text}\nthe mirror differs: {after:#?}");
    Ok(text)
}

fn is_of(kinds: &[&str], line: &str) -> bool {
    let kind = line.split(' ').next();
    kind.is_some_and(|kind| kinds.contains(&kind))
}

/// Lets it all happen, and sends what is not lost.
async fn history(stage: &mut Stage, model: &mut Model, events: usize) -> anyhow::Result<Tally> {
    let mut dice = Dice::new(SEED);
    let mut tally = Tally::default();
    let mut waiting: Vec<Delivery> = Vec::new();
    let mut clock = 0;
    let mut next_kill = dice.below(2 * KILL_EVERY);
    while tally.events < events || !waiting.is_empty() {
        clock += 1;
        if tally.events < events {
            for event in model.step() {
                tally.events += 1;
                clock = clock.max(tally.events);
                if dice.below(10) < 3 {
                    tally.lost += 1;
                    continue;
                }
                let id = format!("msg_{}", tally.events);
                let mut message = Message::new(&id, &event, model.now());
                message.secret = format!("whsec_{WEBHOOK_SECRET}");
                for _ in 0..=dice.below(5) {
                    let message = message.clone();
                    let at = clock + dice.below(events);
                    waiting.push(Delivery { at, message });
                }
            }
        }
        if clock % SENDERS != 0 && !waiting.is_empty() {
            continue;
        }
        let (due, later): (Vec<_>, Vec<_>) = waiting.into_iter().partition(|d| d.at <= clock);
        waiting = later;
        let dies = clock >= next_kill;
        let sending = send(stage.public, due);
        let (sent, failed) = if dies {
            next_kill = clock + 1 + dice.below(2 * KILL_EVERY);
            say(&format!(
                "{} of {events} events; the server dies",
                tally.events
            ));
            tally.kills += 1;
            let wait = Duration::from_millis(u64::try_from(dice.below(20))?);
            let sending = tokio::spawn(sending);
            tokio::time::sleep(wait).await;
            stage.kill_server()?;
            stage.start_server().await?;
            sending.await?
        } else {
            sending.await
        };
        tally.sent += sent;
        tally.refused += failed.len();
        // The sender tries again, later.
        waiting.extend(failed.into_iter().map(|delivery| Delivery {
            at: clock + 1 + dice.below(200),
            ..delivery
        }));
    }
    Ok(tally)
}

/// Sends over several connections; how many were taken, and those that were not.
async fn send(address: std::net::SocketAddr, due: Vec<Delivery>) -> (usize, Vec<Delivery>) {
    let mut shares: Vec<Vec<Delivery>> = (0..SENDERS).map(|_| Vec::new()).collect();
    for (n, delivery) in due.into_iter().enumerate() {
        shares[n % SENDERS].push(delivery);
    }
    let mut senders = tokio::task::JoinSet::new();
    for share in shares.into_iter().filter(|share| !share.is_empty()) {
        senders.spawn(async move {
            let mut client = Client::connect(address).await.ok();
            let (mut sent, mut failed) = (0, Vec::new());
            for delivery in share {
                match deliver(client.as_mut(), &delivery.message).await {
                    Ok(()) => sent += 1,
                    Err(_) => failed.push(delivery),
                }
            }
            (sent, failed)
        });
    }
    let mut all = (0, Vec::new());
    for (sent, failed) in senders.join_all().await {
        all.0 += sent;
        all.1.extend(failed);
    }
    all
}

async fn deliver(client: Option<&mut Client>, message: &Message) -> anyhow::Result<()> {
    let client = client.context("nobody is there")?;
    let mut message = message.clone();
    message.at = Timestamp::from_second(now()?.try_into()?)?;
    let (seconds, signature) = (message.at.as_second().to_string(), message.signature());
    let headers = [
        ("svix-id", message.id.as_str()),
        ("svix-timestamp", &seconds),
        ("svix-signature", &signature),
    ];
    let request = request("POST", &message.path, &headers, &message.body);
    let answer = client.exchange(&request).await?;
    ensure!(answer.status == 200, "{}", answer.text());
    Ok(())
}

/// Waits until every message and job is done or given up.
async fn settle(stage: &Stage) -> anyhow::Result<()> {
    let started = Instant::now();
    loop {
        let open: i64 = stage.superuser.query_one(&OPEN, &[]).await?.try_get(0)?;
        if open == 0 {
            return Ok(());
        }
        ensure!(
            started.elapsed() < SETTLED_MAX,
            "{open} messages and jobs were open after {SETTLED_MAX:?}"
        );
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}
