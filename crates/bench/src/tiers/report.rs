//! The figures as tables, with what the product promises.

use std::time::Duration;

use super::world::PROJECTS;
use super::{CALLERS, Cost, Figures, Linked, Pair};
use crate::measure::{Sample, median};
use crate::{Cli, table};

/// What the product promises: at most so much of the starter's cost.
const GOAL_HTTP: f64 = 1.15;
const GOAL_STORE: f64 = 1.3;
/// At least so much of pgbench's transactions a second.
const GOAL_STORE_BESIDE: f64 = 1.5;
const GOAL_HTTP_BESIDE: f64 = 0.9;
/// At least so much of what somebody does who awaits each statement.
const GOAL_LINK: f64 = 3.0;

/// Ratios of all rounds.
struct Ratio(Vec<f64>);

impl Ratio {
    /// Of `above` to `below`, round by round.
    fn new(above: &[f64], below: &[f64]) -> Self {
        Self(above.iter().zip(below).map(|(a, b)| a / b).collect())
    }

    fn middle(&self) -> f64 {
        median(self.0.iter().copied())
    }

    fn text(&self) -> String {
        format!("{:.2}", self.middle())
    }

    fn range(&self) -> String {
        let (low, high) = self.0.iter().fold((f64::MAX, f64::MIN), |(low, high), r| {
            (low.min(*r), high.max(*r))
        });
        format!("{low:.2}–{high:.2}")
    }
}

/// What a tenant of one's own costs of what a shared one does, in time and in processor time.
fn costs(pair: &Pair) -> (Ratio, Ratio) {
    let each_us = |costs: &[Cost]| -> Vec<f64> {
        let one = |cost: &Cost| 1e6 / cost.sample.per_second;
        costs.iter().map(one).collect()
    };
    let processor = |costs: &[Cost]| -> Vec<f64> { costs.iter().map(|c| c.processor_us).collect() };
    (
        Ratio::new(&each_us(&pair.pro), &each_us(&pair.starter)),
        Ratio::new(&processor(&pair.pro), &processor(&pair.starter)),
    )
}

fn rates(samples: &[Sample]) -> Vec<f64> {
    samples.iter().map(|sample| sample.per_second).collect()
}

fn gain(linked: &Linked) -> Ratio {
    Ratio::new(&rates(&linked.store), &rates(&linked.awaiting))
}

/// What others do of what pgbench does.
struct Beside {
    wide: Ratio,
    store: Ratio,
    http: Ratio,
}

impl Beside {
    fn new(figures: &Figures) -> Self {
        let pgbench = rates(&figures.pgbench);
        let of_pgbench = |samples: &[Sample]| Ratio::new(&rates(samples), &pgbench);
        Self {
            wide: of_pgbench(&figures.wide_beside),
            store: of_pgbench(&figures.store_beside),
            http: of_pgbench(&figures.http_beside),
        }
    }
}

/// The ratios so far, for who waits.
pub fn line(figures: &Figures) -> String {
    let pairs = |pairs: &[Pair]| {
        let all: Vec<String> = pairs.iter().map(|pair| costs(pair).0.text()).collect();
        all.join(" ")
    };
    let beside = Beside::new(figures);
    let links: Vec<String> = figures.linked.iter().map(|one| gain(one).text()).collect();
    format!(
        "pro of starter over HTTP {}, at the store {}; of pgbench: store {} {}, HTTP {}; over the link {}",
        pairs(&figures.http),
        pairs(&figures.store),
        beside.wide.text(),
        beside.store.text(),
        beside.http.text(),
        links.join(" ")
    )
}

/// All of it.
pub fn text(cli: &Cli, figures: &Figures, rounds: usize, time: Duration) -> String {
    let beside = Beside::new(figures);
    format!(
        "# A schema of one's own, beside the shared one\n\n\
         Reading one project. {rounds} alternating rounds of {} s a measurement; medians, and the ratios' median and \
         range. Client, server and PostgreSQL share this machine.\n\n\
         ## Over HTTP\n\n{}\n\
         {CALLERS} connections, the server's pool of {}; each request goes to a tenant and project at random, of \
         {PROJECTS} that each tenant has. *Cost*: time a request, of the starter tier's; *processor*: the same of the \
         processor time of server and PostgreSQL.\n\n\
         ## At the store\n\n{}\n\
         The same transaction by the store's own door, {CALLERS} callers over a pool of {}; *processor*: \
         PostgreSQL's.\n\n\
         ## Beside pgbench\n\n{}\n\
         `pgbench -M prepared -j 2 -c {CALLERS}` with the same transaction, a client and a connection each; the store \
         with {CALLERS} callers on one thread, with as many connections and with the server's pool; HTTP with {CALLERS} connections and the \
         server's pool of {}. All in the shared schema.\n\n\
         ## Over a link of 1 ms\n\n{}\n\
         Between client and database each round trip takes {:.2} ms longer. Who awaits each statement (`begin`, the \
         entry, the statement, `commit`) is pgbench.\n\n\
         ## Goals\n\n{}",
        time.as_secs(),
        tiers(&figures.http),
        cli.pool,
        tiers(&figures.store),
        cli.pool,
        besides(cli, figures, &beside),
        cli.pool,
        links(&figures.linked),
        figures.link_ms,
        goals(figures, &beside),
    )
}

fn tiers(pairs: &[Pair]) -> String {
    let heads = [
        "tenants at work",
        "starter per s",
        "pro per s",
        "starter p99 ms",
        "pro p99 ms",
        "cost",
        "min–max",
        "starter processor µs",
        "pro processor µs",
        "processor",
    ];
    let lines = pairs.iter().map(|pair| {
        let middle = |costs: &[Cost], figure: fn(&Cost) -> f64| median(costs.iter().map(figure));
        let whole = |costs, figure| format!("{:.0}", middle(costs, figure));
        let fine = |costs, figure| format!("{:.2}", middle(costs, figure));
        let (cost, processor) = costs(pair);
        vec![
            pair.tenants.to_string(),
            whole(&pair.starter, |c| c.sample.per_second),
            whole(&pair.pro, |c| c.sample.per_second),
            fine(&pair.starter, |c| c.sample.p99_ms),
            fine(&pair.pro, |c| c.sample.p99_ms),
            cost.text(),
            cost.range(),
            whole(&pair.starter, |c| c.processor_us),
            whole(&pair.pro, |c| c.processor_us),
            processor.text(),
        ]
    });
    table::render(&heads, &lines.collect::<Vec<_>>())
}

fn besides(cli: &Cli, figures: &Figures, beside: &Beside) -> String {
    let row = |what: &str, samples: &[Sample], ratio: Option<&Ratio>| {
        let sample = Sample::middle(samples);
        vec![
            what.to_owned(),
            format!("{:.0}", sample.per_second),
            format!("{:.2}", sample.mean_ms),
            ratio.map_or(String::new(), Ratio::text),
            ratio.map_or(String::new(), Ratio::range),
        ]
    };
    let store = |connections| format!("the store, {connections} connections");
    let heads = ["", "per s", "mean ms", "÷ pgbench", "min–max"];
    let lines = [
        row("pgbench", &figures.pgbench, None),
        row(&store(CALLERS), &figures.wide_beside, Some(&beside.wide)),
        row(&store(cli.pool), &figures.store_beside, Some(&beside.store)),
        row("over HTTP", &figures.http_beside, Some(&beside.http)),
    ];
    table::render(&heads, &lines)
}

fn links(linked: &[Linked]) -> String {
    let heads = [
        "connections",
        "store per s",
        "mean ms",
        "awaiting per s",
        "mean ms",
        "gain",
        "min–max",
    ];
    let lines = linked.iter().map(|one| {
        let (store, awaiting) = (Sample::middle(&one.store), Sample::middle(&one.awaiting));
        let gain = gain(one);
        vec![
            one.connections.to_string(),
            format!("{:.0}", store.per_second),
            format!("{:.2}", store.mean_ms),
            format!("{:.0}", awaiting.per_second),
            format!("{:.2}", awaiting.mean_ms),
            gain.text(),
            gain.range(),
        ]
    });
    table::render(&heads, &lines.collect::<Vec<_>>())
}

fn goals(figures: &Figures, beside: &Beside) -> String {
    let most = |pairs: &[Pair]| {
        let all = pairs.iter().map(|pair| costs(pair).0.middle());
        all.fold(f64::MIN, f64::max)
    };
    let least = figures.linked.iter().map(|one| gain(one).middle());
    let verdict = |is_reached| if is_reached { "reached" } else { "missed" };
    let at_most = |what: &str, value: f64, goal: f64| {
        let verdict = verdict(value <= goal);
        format!("- {what}: {value:.2} (at most {goal:.2}): {verdict}\n")
    };
    let at_least = |what: &str, value: f64, goal: f64| {
        let verdict = verdict(value >= goal);
        format!("- {what}: {value:.2} (at least {goal:.2}): {verdict}\n")
    };
    [
        at_most(
            "pro of starter over HTTP, worst",
            most(&figures.http),
            GOAL_HTTP,
        ),
        at_most(
            "pro of starter at the store, worst",
            most(&figures.store),
            GOAL_STORE,
        ),
        at_least(
            "the store of pgbench, as many connections",
            beside.wide.middle(),
            GOAL_STORE_BESIDE,
        ),
        at_least("HTTP of pgbench", beside.http.middle(), GOAL_HTTP_BESIDE),
        at_least(
            "over the link, least",
            least.fold(f64::MAX, f64::min),
            GOAL_LINK,
        ),
    ]
    .concat()
}
