//! Measures the built product from outside: the binary as a process, an embedded PostgreSQL with
//! durable settings, and a provider of keys of our own. Run it by `cargo xtask bench`.

mod audit;
mod fleet;
mod http;
mod identity;
mod load;
mod measure;
mod memory;
mod moves;
mod pgbench;
mod process;
mod provider;
mod revocation;
mod signer;
mod stage;
mod startup;
mod sync;
mod table;
mod throughput;
mod tiers;
mod world;

use std::fs;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::{Parser, ValueEnum};

/// What is asked for.
#[derive(Debug, Parser)]
#[command(name = "bailiwick-bench", about, version)]
struct Cli {
    /// Which measurement
    #[arg(value_enum, default_value = "all")]
    which: Which,
    /// The release binary
    #[arg(long, default_value = "target/release/bailiwick")]
    binary: PathBuf,
    /// The debug binary, whose start is measured as well
    #[arg(long)]
    debug_binary: Option<PathBuf>,
    /// PostgreSQL's programs, where they are not at one of the usual places
    #[arg(long, env = "BAILIWICK_PG_BIN")]
    pg_bin: Option<PathBuf>,
    /// Short rounds: for a look, not for a record
    #[arg(long)]
    quick: bool,
    /// Connections of the server's pool
    #[arg(long, default_value_t = 16)]
    pool: usize,
    /// Numbers of HTTP connections
    #[arg(long, value_delimiter = ',', default_values_t = [16, 64, 256])]
    connections: Vec<usize>,
    /// What the server logs
    #[arg(long, default_value = "info")]
    log: String,
    /// Interleaved rounds, of which the median counts
    #[arg(long)]
    rounds: Option<usize>,
    /// Seconds of each measurement of a round
    #[arg(long)]
    seconds: Option<u64>,
    /// Tenants of the fleet, or of each tier
    #[arg(long)]
    tenants: Option<usize>,
    /// Rows of the tenant that moves
    #[arg(long)]
    rows: Option<u64>,
    /// Also write what is printed into <DIR>/<name>.md
    #[arg(long, value_name = "DIR")]
    save: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Which {
    /// Reading one project over HTTP, beside pgbench
    Http,
    /// The server's memory at rest
    Memory,
    /// `bailiwick dev` until it is ready
    Startup,
    /// The identity provider's tokens and touches
    Idp,
    /// From the provider's word to the refusal, on two servers
    Revocation,
    /// A mirror that loses webhooks, and what a sweep leaves
    Sync,
    /// A write with its fact, beside the same without
    Audit,
    /// Ten thousand tenants with a schema each; never part of `all`
    Fleet,
    /// Tenants that move under load; never part of `all`
    Moves,
    /// Moves that are killed at random moments; never part of `all`
    MoveKills,
    /// The same work in both tiers, at the store, beside pgbench and over a link; never part of `all`
    Tiers,
    /// All of them
    All,
}

fn main() -> anyhow::Result<()> {
    let cli = Cli::parse();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(run(&cli))
}

async fn run(cli: &Cli) -> anyhow::Result<()> {
    let wants = |which| cli.which == which || cli.which == Which::All;
    if wants(Which::Http) {
        finish(cli, "http", &throughput::run(cli).await?)?;
    }
    if wants(Which::Memory) {
        finish(cli, "memory", &memory::run(cli).await?)?;
    }
    if wants(Which::Startup) {
        finish(cli, "startup", &startup::run(cli)?)?;
    }
    if wants(Which::Idp) {
        finish(cli, "idp", &identity::run(cli).await?)?;
    }
    if wants(Which::Revocation) {
        finish(cli, "revocation", &revocation::run(cli).await?)?;
    }
    if wants(Which::Sync) {
        finish(cli, "sync", &sync::run(cli).await?)?;
    }
    if wants(Which::Audit) {
        finish(cli, "audit", &audit::run(cli).await?)?;
    }
    // Half an hour and some gigabytes: only who asks for it.
    if cli.which == Which::Fleet {
        finish(cli, "fleet", &fleet::run(cli).await?)?;
    }
    // Half an hour each.
    if cli.which == Which::Moves {
        finish(cli, "moves", &moves::run(cli).await?)?;
    }
    if cli.which == Which::MoveKills {
        finish(cli, "move-kills", &moves::kills(cli).await?)?;
    }
    // A thousand schemas, and ten minutes of load.
    if cli.which == Which::Tiers {
        finish(cli, "tiers", &tiers::run(cli).await?)?;
    }
    Ok(())
}

#[expect(clippy::print_stdout, reason = "the result of a measurement")]
fn finish(cli: &Cli, name: &str, text: &str) -> anyhow::Result<()> {
    println!("{text}");
    if let Some(folder) = &cli.save {
        fs::create_dir_all(folder)?;
        let file = folder.join(format!("{name}.md"));
        fs::write(&file, text).with_context(|| format!("writing {}", file.display()))?;
    }
    Ok(())
}

/// A line of progress, for people.
#[expect(clippy::print_stderr, reason = "stdout is for the result")]
pub(crate) fn say(what: &str) {
    eprintln!("  · {what}");
}
