//! The ways to the database, as the settings name them.

use std::sync::Arc;

use anyhow::Context as _;
use bailiwick_api::Module;
use bailiwick_pg::{Pool, PoolConfig};
use bailiwick_store::Store;
use bailiwick_store::gate::{self, Finding, Weight};
use secrecy::{ExposeSecret as _, SecretString};

use crate::audit;
use crate::settings::{Database, Settings};

/// Connections of what makes and migrates schemas while the server serves.
const OWNER_POOL: usize = 2;

/// The data to serve from, and the way on which schemas are made, where the settings name one.
///
/// # Errors
/// A setting that is unusable, no database, or a database in which isolation would not hold.
pub async fn open(
    settings: &Settings,
    modules: &[Module],
) -> anyhow::Result<(Store, Option<Pool>)> {
    let database = &settings.database;
    let pool = Pool::connect(serving(database)).await;
    let keys = audit::keys(&settings.audit_keys)?;
    let trees = modules.iter().map(Module::tree);
    let mut store = Store::new(pool.context("DATABASE_URL")?)
        .with_keys(Arc::new(keys))
        .with_modules(trees);
    if let Some(url) = &database.direct_url {
        store = store.with_direct(beside(url, 1, "DATABASE_DIRECT_URL").await?);
    }
    let mut findings = store.gate().await.context("looking at the database")?;
    let owner = match &database.migration_url {
        Some(url) => Some(beside(url, OWNER_POOL, "DATABASE_MIGRATION_URL").await?),
        None => None,
    };
    findings.extend(owner.iter().flat_map(gate::poolers::of_migrations));
    judge(&findings)?;
    Ok((store, owner))
}

/// The way on which facts of organizations that are gone are removed, where the settings name one.
///
/// # Errors
/// No database.
pub async fn retention(database: &Database) -> anyhow::Result<Option<Pool>> {
    Ok(match &database.retention_url {
        Some(url) => Some(beside(url, 1, "DATABASE_RETENTION_URL").await?),
        None => None,
    })
}

fn serving(database: &Database) -> PoolConfig {
    let mut config = PoolConfig::new(database.url.expose_secret()).max_size(database.pool_max);
    if let Some(statements) = database.statement_cache {
        config = config.statement_cache(statements);
    }
    if let Some(tables) = database.tables_max {
        config = config.tables_max(tables);
    }
    config
}

async fn beside(url: &SecretString, size: usize, name: &'static str) -> anyhow::Result<Pool> {
    let config = PoolConfig::new(url.expose_secret())
        .max_size(size)
        .statement_cache(0)
        .application_name("bailiwick-beside");
    Pool::connect(config).await.context(name)
}

/// Says what somebody should know, and refuses a database in which isolation would not hold, with
/// what mends it.
fn judge(findings: &[Finding]) -> anyhow::Result<()> {
    let (refusals, advice): (Vec<_>, Vec<_>) = findings
        .iter()
        .partition(|finding| finding.weight == Weight::Refusal);
    for Finding {
        problem, remedy, ..
    } in advice
    {
        tracing::warn!(%remedy, "{problem}");
    }
    if refusals.is_empty() {
        return Ok(());
    }
    let lines: Vec<String> = refusals
        .iter()
        .map(|f| format!("  - {}\n    mend it with: {}", f.problem, f.remedy))
        .collect();
    anyhow::bail!(
        "the database is not fit to serve from:\n{}",
        lines.join("\n")
    )
}
