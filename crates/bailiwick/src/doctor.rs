//! `bailiwick doctor`: what the start would refuse, without a start; and what a Citus cluster is
//! not, that docs/guides/scale.md demands.

use std::fmt::Write as _;

use anyhow::Context as _;
use bailiwick_api::Module;
use bailiwick_kernel::Env;
use bailiwick_pg::{Pool, PoolConfig};
use bailiwick_store::Store;
use bailiwick_store::cluster::{self, Facts, judge::judge, probe};
use bailiwick_store::gate::{Finding, Weight};
use bailiwick_store::migrations::ModuleTree;
use secrecy::ExposeSecret as _;

use crate::settings::Vars;

/// What `bailiwick doctor` is told.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = "Examples:
  bailiwick doctor --config prod.env            what the start would refuse
  bailiwick doctor --config prod.env --citus    and what a cluster lacks, with a row tried on it

It reads DATABASE_URL, and with --citus DATABASE_MIGRATION_URL. Each finding is named with what mends
it; the exit code is 1 where something has to be mended. With --citus a schema is made, tried and
removed again; docs/guides/scale.md.")]
pub struct Args {
    /// Also look at the Citus cluster, and try a row on it
    #[arg(long)]
    citus: bool,
}

async fn pool(vars: &Vars, name: &'static str) -> anyhow::Result<Pool> {
    let url = vars.secret(name, &[])?;
    let config = PoolConfig::new(url.expose_secret())
        .max_size(2)
        .statement_cache(0)
        .application_name("bailiwick doctor");
    Pool::connect(config).await.context(name)
}

/// Looks; answers what it says where nothing has to be mended.
///
/// # Errors
/// What has to be mended; a setting is missing; the database's.
pub async fn run(vars: &Vars, modules: &[Module], args: &Args) -> anyhow::Result<String> {
    let trees: Vec<ModuleTree> = modules.iter().map(Module::tree).collect();
    let serving = pool(vars, "DATABASE_URL").await?;
    let store = Store::new(serving).with_modules(trees.iter().copied());
    let mut text = String::new();
    let mut findings = Vec::new();
    if args.citus {
        let owner = pool(vars, "DATABASE_MIGRATION_URL").await?;
        findings = of_cluster(&owner, &store, &trees, &mut text).await?;
    }
    // Without Citus, or on a worker, the question was another one.
    if !args.citus || !text.is_empty() {
        findings.extend(store.gate().await.context("looking at the database")?);
    }
    conclude(text, &findings)
}

/// Facts first; a row is tried only where everything is at its version.
async fn of_cluster(
    owner: &Pool,
    store: &Store,
    trees: &[ModuleTree],
    text: &mut String,
) -> anyhow::Result<Vec<Finding>> {
    let facts = cluster::facts(owner, store)
        .await
        .context("looking at the cluster")?;
    let mut findings = judge(&facts);
    let Some(version) = facts.version.as_ref().filter(|_| facts.astray.is_empty()) else {
        return Ok(findings);
    };
    text.push_str(&of_facts(version, &facts));
    if !facts.is_reachable() {
        text.push_str("no row was tried: not every node answers\n");
        return Ok(findings);
    }
    if !store.behind().await?.is_empty() {
        text.push_str("no row was tried: the schemas are not at this version\n");
        return Ok(findings);
    }
    let env = Env::system();
    let tried = probe::probe(owner, store, trees, [env.uuid(), env.uuid()]).await;
    let tried = tried.context("trying a row")?;
    let place = tried.node.as_deref().unwrap_or("no node");
    let _ = writeln!(text, "a row was tried on {place}, and removed");
    findings.extend(tried.judge());
    Ok(findings)
}

fn of_facts(version: &str, facts: &Facts) -> String {
    let nodes: Vec<&str> = facts.nodes.iter().map(|node| node.name.as_str()).collect();
    format!(
        "citus {version}: {}\n{} of {} tenants' own schemas are distributed\n",
        nodes.join(", "),
        facts
            .homes
            .iter()
            .filter(|home| facts.distributed.contains(home))
            .count(),
        facts.homes.len()
    )
}

fn conclude(mut text: String, findings: &[Finding]) -> anyhow::Result<String> {
    let (refusals, advice): (Vec<_>, Vec<_>) =
        findings.iter().partition(|f| f.weight == Weight::Refusal);
    for (title, some) in [("to be known", advice), ("to be mended", refusals.clone())] {
        if some.is_empty() {
            continue;
        }
        let _ = writeln!(text, "{title}:");
        for Finding {
            problem, remedy, ..
        } in some
        {
            let _ = writeln!(text, "  - {problem}\n    mend it with: {remedy}");
        }
    }
    if refusals.is_empty() {
        text.push_str("nothing has to be mended");
        return Ok(text);
    }
    let text = text.trim_end();
    // On a line of its own behind the name of the program.
    anyhow::bail!("{} findings\n{text}", refusals.len())
}
