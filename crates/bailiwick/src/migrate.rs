//! `bailiwick migrate`: control first, then the shared schema, then every tenant's own.

use std::fmt::Write as _;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use anyhow::Context as _;
use bailiwick_api::Module;
use bailiwick_pg::{Pool, PoolConfig};
use bailiwick_services::fleet::{self, Event, Options, Report};
use bailiwick_store::fleet::{Plan, newest, plan};
use bailiwick_store::migrations::{self, ModuleTree};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use jiff::SignedDuration;

use crate::output;

/// Schemas that a dry run names one by one.
const NAMED_MAX: usize = 20;
/// Failures that are named one by one; all of them stand in `bailiwick tenants list --state failed`.
const FAILURES_MAX: usize = 50;

/// What `bailiwick migrate` is told.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:
  bailiwick migrate --dry-run                what would be done, and nothing of it
  bailiwick migrate                          control, the shared schema, then a canary, then all tenants
  bailiwick migrate --canary harbour-works   this organization's schema goes first, and alone
  bailiwick migrate --retry                  only tenants whose migration failed before
  bailiwick migrate --jobs 8 --lock-timeout 150ms

It reads DATABASE_MIGRATION_URL. It may be killed, repeated, and run beside another: each tenant is
one transaction. A tenant that fails is skipped and listed at the end, and the exit code says so.")]
pub struct Args {
    /// Say what would be done, and do nothing
    #[arg(long)]
    dry_run: bool,
    /// Tenants at the same time, and connections
    #[arg(long, value_name = "N", default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=64))]
    jobs: u8,
    /// The tenant that goes first: a slug, the provider's id, or a schema. Where it fails nothing
    /// else is touched
    #[arg(long, value_name = "TENANT")]
    canary: Option<String>,
    /// How long to wait for a lock; whoever comes after waits as long. Tried again, later
    #[arg(long, value_name = "TIME", default_value = "300ms", value_parser = lock_timeout)]
    lock_timeout: Duration,
    /// Only tenants whose migration failed before
    #[arg(long)]
    retry: bool,
}

fn lock_timeout(text: &str) -> Result<Duration, String> {
    let time: SignedDuration = text.parse().map_err(|e| format!("{e}"))?;
    let time = Duration::try_from(time).map_err(|e| e.to_string())?;
    let is_fit = (Duration::from_millis(1)..=Duration::from_secs(600)).contains(&time);
    is_fit
        .then_some(time)
        .ok_or_else(|| "it is between 1ms and 10m".to_owned())
}

fn trees(modules: &[Module]) -> Vec<ModuleTree> {
    modules.iter().map(Module::tree).collect()
}

async fn owner(url: &str, connections: usize) -> anyhow::Result<Pool> {
    let config = PoolConfig::new(url)
        .max_size(connections)
        .statement_cache(0)
        .application_name("bailiwick migrate");
    Pool::connect(config)
        .await
        .context("DATABASE_MIGRATION_URL")
}

/// Brings everything to this version without a word on the way.
///
/// # Errors
/// As [`command`].
pub async fn run(owner_url: &str, modules: &[Module]) -> anyhow::Result<()> {
    let options = Options::default();
    let owner = owner(owner_url, options.jobs).await?;
    let report = fleet::run(&owner, &trees(modules), &options, &|_| {}).await?;
    conclude(&report).map(drop)
}

/// The command; what it says in the end.
///
/// # Errors
/// The database's; a recorded migration that is not ours; tenants that failed.
pub async fn command(owner_url: &str, modules: &[Module], args: &Args) -> anyhow::Result<String> {
    let jobs = usize::from(args.jobs);
    let owner = owner(owner_url, jobs).await?;
    let trees = trees(modules);
    if args.dry_run {
        return Ok(foretell(&plan(&owner, &trees, args.retry).await?));
    }
    let options = Options {
        jobs,
        lock_timeout: args.lock_timeout,
        canary: args.canary.clone(),
        only_failed: args.retry,
    };
    let teller = Teller::new()?;
    let ran = fleet::run(&owner, &trees, &options, &|event| teller.tell(&event)).await;
    teller.bar.finish_and_clear();
    conclude(&ran?)
}

fn foretell(plan: &Plan) -> String {
    if plan.is_empty() {
        return "there is nothing to do".to_owned();
    }
    let mut text = String::new();
    for (schema, missing) in [
        ("control", plan.control.join(", ")),
        (migrations::SHARED, plan.shared.join(", ")),
    ] {
        if !missing.is_empty() {
            let _ = writeln!(text, "{schema}: {missing}");
        }
    }
    for one in plan.tenants.iter().take(NAMED_MAX) {
        let from = one.version;
        let _ = write!(text, "{}: from {from} to {}", one.schema, newest());
        if let Some(error) = &one.last_error {
            let _ = write!(text, "; failed before: {error}");
        }
        text.push('\n');
    }
    if let Some(more) = plan.tenants.len().checked_sub(NAMED_MAX + 1) {
        let _ = writeln!(text, "and {} tenants more", more + 1);
    }
    text.push_str("nothing was changed");
    text
}

fn conclude(report: &Report) -> anyhow::Result<String> {
    let Report {
        applied,
        upgraded,
        failed,
        stopped,
    } = report;
    let did = format!(
        "{applied} migrations applied; {upgraded} tenants' own schemas brought to this version"
    );
    if failed.is_empty() {
        return Ok(did);
    }
    let mut text = match stopped {
        true => format!("the canary failed, and no other tenant was touched\n{did}"),
        false => format!(
            "{} tenants failed and were left as they were\n{did}",
            failed.len()
        ),
    };
    for one in failed.iter().take(FAILURES_MAX) {
        let _ = write!(text, "\n  - {}: {}", one.schema, one.error);
    }
    text.push_str("\n`bailiwick migrate --retry` tries these alone again");
    anyhow::bail!(text)
}

/// A bar on a terminal, a line now and then elsewhere.
struct Teller {
    bar: ProgressBar,
    total: AtomicUsize,
    ended: AtomicUsize,
}

impl Teller {
    fn new() -> anyhow::Result<Self> {
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
        bar.set_style(ProgressStyle::with_template(
            "  {bar:30} {pos} of {len} tenants  {per_sec}  {eta} left  {msg}",
        )?);
        Ok(Self {
            bar,
            total: AtomicUsize::new(0),
            ended: AtomicUsize::new(0),
        })
    }

    fn tell(&self, event: &Event<'_>) {
        match event {
            Event::Begins(total) => {
                self.total.store(*total, Ordering::Relaxed);
                self.bar.set_length(u64::try_from(*total).unwrap_or(0));
            }
            Event::Done(_) => self.end(),
            Event::Later(schema, _) => self.bar.set_message(format!("{schema} is busy")),
            Event::Failed(schema, error) => {
                let line = format!("{schema} failed: {error}");
                self.bar.suspend(|| output::say(&line));
                self.end();
            }
        }
    }

    fn end(&self) {
        self.bar.inc(1);
        let ended = self.ended.fetch_add(1, Ordering::Relaxed) + 1;
        let total = self.total.load(Ordering::Relaxed);
        // A tenth each, where no bar is drawn.
        let step = (total / 10).max(1);
        if self.bar.is_hidden() && total > 1 && (ended.is_multiple_of(step) || ended == total) {
            output::say(&format!("{ended} of {total} tenants"));
        }
    }
}
