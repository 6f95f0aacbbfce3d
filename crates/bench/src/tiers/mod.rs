//! What a schema of one's own costs: the same work in both tiers, over HTTP and at the store's own
//! door, with few and with many tenants at work. Beside it `pgbench` with the same transaction, and
//! a link between the store and the database on which every round trip counts. In alternating
//! rounds, so that what disturbs one disturbs all; what counts are ratios within a round.

mod link;
mod reads;
mod report;
mod world;

use std::rc::Rc;
use std::sync::Arc;
use std::time::Duration;

use bailiwick_kernel::Tier;
use bailiwick_store::Store;

use crate::measure::Sample;
use crate::pgbench::Pgbench;
use crate::stage::Stage;
use crate::{Cli, load, process, say};
use link::Link;
use reads::Reads;
use world::Tenant;

/// Tenants of each tier.
const TENANTS: usize = 1000;
const TENANTS_QUICK: usize = 20;
/// Callers at a time, and pgbench's clients beside them.
const CALLERS: usize = 64;
/// Connections over the link: what one waits, and what many get done.
const OVER_LINK: [usize; 2] = [1, 16];
/// Before each measurement of the tiers: tokens are verified, statements have their names.
const WARM_UP: Duration = Duration::from_secs(1);

/// One measurement, with the processor time that each operation took.
#[derive(Clone, Copy, Default)]
struct Cost {
    sample: Sample,
    /// Of the server (none at the store) and of PostgreSQL, in microseconds.
    processor_us: f64,
}

/// Both tiers with so many tenants at work, by round.
#[derive(Default)]
struct Pair {
    tenants: usize,
    starter: Vec<Cost>,
    pro: Vec<Cost>,
}

/// The store over the link and who awaits each statement, by round.
#[derive(Default)]
struct Linked {
    connections: usize,
    store: Vec<Sample>,
    awaiting: Vec<Sample>,
}

/// All figures, by round.
struct Figures {
    http: Vec<Pair>,
    store: Vec<Pair>,
    pgbench: Vec<Sample>,
    /// With a connection for each caller, and with the server's pool.
    wide_beside: Vec<Sample>,
    store_beside: Vec<Sample>,
    http_beside: Vec<Sample>,
    linked: Vec<Linked>,
    /// What the link adds to a round trip, in milliseconds.
    link_ms: f64,
}

/// Everything that a round needs.
struct Parts<'a> {
    stage: &'a Stage,
    starter: &'a [Tenant],
    pro: &'a [Tenant],
    /// As many connections as the server has.
    store: Store,
    /// As many connections as callers.
    wide: Store,
    pgbench: Pgbench,
    link: Link,
    time: Duration,
}

/// Measures, and says what came of it.
pub async fn run(cli: &Cli) -> anyhow::Result<String> {
    let (rounds, seconds) = if cli.quick { (1, 1) } else { (5, 4) };
    let rounds = cli.rounds.unwrap_or(rounds);
    let time = Duration::from_secs(cli.seconds.unwrap_or(seconds));
    let count = if cli.quick { TENANTS_QUICK } else { TENANTS };
    let count = cli.tenants.unwrap_or(count).max(1);
    let mut stage = Stage::start(cli).await?;
    let (starter, pro) = world::make(&stage, count).await?;
    let targets = count * world::PROJECTS;
    let (link, link_ms) = reads::link(&stage).await?;
    let parts = Parts {
        stage: &stage,
        starter: &starter,
        pro: &pro,
        store: reads::store(&stage, cli.pool, None).await?,
        wide: reads::store(&stage, CALLERS, None).await?,
        pgbench: Pgbench::new(cli, &stage, targets).await?.at_most(CALLERS),
        link,
        time,
    };
    let mut figures = Figures::new(count, link_ms);
    for round in 0..=rounds {
        // The first round fills caches and counts for nothing.
        let mut warm_up = Figures::new(count, link_ms);
        let into = if round == 0 {
            &mut warm_up
        } else {
            &mut figures
        };
        parts.round(round % 2 == 1, into).await?;
        say(&format!(
            "round {round} of {rounds}: {}",
            report::line(into)
        ));
    }
    let text = report::text(cli, &figures, rounds, time);
    drop(parts);
    stage.server.stop()?;
    Ok(text)
}

impl Figures {
    fn new(tenants: usize, link_ms: f64) -> Self {
        let mut sizes = vec![1, tenants.div_ceil(10), tenants];
        sizes.dedup();
        let pairs = || {
            let pair = |&tenants: &usize| Pair {
                tenants,
                ..Pair::default()
            };
            sizes.iter().map(pair).collect()
        };
        let linked = OVER_LINK.map(|connections| Linked {
            connections,
            ..Linked::default()
        });
        Self {
            http: pairs(),
            store: pairs(),
            pgbench: Vec::new(),
            wide_beside: Vec::new(),
            store_beside: Vec::new(),
            http_beside: Vec::new(),
            linked: linked.into(),
            link_ms,
        }
    }
}

impl Parts<'_> {
    /// All measurements once. The tiers change places from round to round.
    async fn round(&self, is_pro_first: bool, into: &mut Figures) -> anyhow::Result<()> {
        let order = if is_pro_first {
            [Tier::Pro, Tier::Starter]
        } else {
            [Tier::Starter, Tier::Pro]
        };
        for pair in &mut into.http {
            for tier in order {
                let cost = self.http(self.tenants(tier, pair.tenants)).await?;
                pair.of(tier).push(cost);
            }
        }
        for pair in &mut into.store {
            for tier in order {
                let cost = self.store(self.tenants(tier, pair.tenants)).await?;
                pair.of(tier).push(cost);
            }
        }
        self.beside(into).await?;
        self.over_link(into).await
    }

    fn tenants(&self, tier: Tier, count: usize) -> &[Tenant] {
        let all = match tier {
            Tier::Starter => self.starter,
            Tier::Pro => self.pro,
        };
        &all[..count.min(all.len())]
    }

    /// The request all over `tenants`.
    async fn http(&self, tenants: &[Tenant]) -> anyhow::Result<Cost> {
        let mut requests = Vec::new();
        for tenant in tenants {
            requests.append(&mut tenant.requests(self.stage)?);
        }
        let requests = Rc::new(requests);
        let run = |time| load::run(self.stage.public, Rc::clone(&requests), CALLERS, time);
        run(WARM_UP).await?;
        let before = self.processor_secs()?;
        let sample = run(self.time).await?;
        Ok(Cost::new(sample, self.processor_secs()? - before))
    }

    /// The same transaction by the store's own door.
    async fn store(&self, tenants: &[Tenant]) -> anyhow::Result<Cost> {
        let reads = reads_of(tenants);
        reads::run(&self.store, &reads, CALLERS, WARM_UP).await?;
        let before = self.processor_secs()?;
        let sample = reads::run(&self.store, &reads, CALLERS, self.time).await?;
        Ok(Cost::new(sample, self.processor_secs()? - before))
    }

    /// `pgbench`, the store and HTTP with the same transaction in the shared schema.
    async fn beside(&self, into: &mut Figures) -> anyhow::Result<()> {
        let measured = self.pgbench.transaction(CALLERS, self.time).await?;
        into.pgbench.push(measured);
        let reads = reads_of(self.starter);
        reads::run(&self.wide, &reads, CALLERS, WARM_UP).await?;
        let measured = reads::run(&self.wide, &reads, CALLERS, self.time).await?;
        into.wide_beside.push(measured);
        self.wide.pool().close_idle();
        into.store_beside
            .push(self.store(self.starter).await?.sample);
        into.http_beside.push(self.http(self.starter).await?.sample);
        Ok(())
    }

    /// The same over the link, where `pgbench` stands for who awaits each statement.
    async fn over_link(&self, into: &mut Figures) -> anyhow::Result<()> {
        let reads = reads_of(self.starter);
        for linked in &mut into.linked {
            let connections = linked.connections;
            let port = self.link.port();
            let store = reads::store(self.stage, connections, Some(port)).await?;
            reads::run(&store, &reads, connections, WARM_UP).await?;
            let measured = reads::run(&store, &reads, connections, self.time).await?;
            linked.store.push(measured);
            drop(store);
            let pgbench = &self.pgbench;
            let measured = pgbench.transaction_by(port, connections, self.time).await?;
            linked.awaiting.push(measured);
        }
        Ok(())
    }

    /// What the server and PostgreSQL have used so far.
    fn processor_secs(&self) -> anyhow::Result<f64> {
        let server = process::processor_secs(self.stage.server.id())?;
        let postgres = u32::try_from(self.stage.postgres.pid())?;
        Ok(server + process::processor_secs(postgres)?)
    }
}

impl Pair {
    fn of(&mut self, tier: Tier) -> &mut Vec<Cost> {
        match tier {
            Tier::Starter => &mut self.starter,
            Tier::Pro => &mut self.pro,
        }
    }
}

impl Cost {
    fn new(sample: Sample, processor_secs: f64) -> Self {
        #[expect(clippy::cast_precision_loss, reason = "far below 2^52")]
        let processor_us = processor_secs * 1e6 / sample.count.max(1) as f64;
        Self {
            sample,
            processor_us,
        }
    }
}

fn reads_of(tenants: &[Tenant]) -> Reads {
    Arc::new(tenants.iter().flat_map(Tenant::reads).collect())
}
