//! `bailiwick audit`: proof that the log of what was done is whole.

use std::sync::Arc;

use anyhow::Context as _;
use bailiwick_kernel::Env;
use bailiwick_kernel::id::OrgId;
use bailiwick_outside::storage::ObjectStore;
use bailiwick_pg::{Pool, PoolConfig};
use bailiwick_services::audit::{self, Report};
use bailiwick_store::Store;
use bailiwick_store::audit::{Chain, Keys};
use secrecy::{ExposeSecret as _, SecretString};

use crate::server::object_store;
use crate::settings::{Storage, Vars};

/// What `bailiwick audit verify` is told.
#[derive(Debug, Clone, clap::Args)]
pub struct VerifyArgs {
    /// One organization alone, by its id
    #[arg(long, value_name = "ID")]
    tenant: Option<OrgId>,
    /// Without the links that are kept in the object store: a log that was cut off at its end then
    /// stays unnoticed
    #[arg(long)]
    database_only: bool,
}

/// The keys of `AUDIT_KEYS`.
///
/// # Errors
/// They are not set, or no keys.
pub fn keys<'a>(texts: impl IntoIterator<Item = &'a SecretString>) -> anyhow::Result<Keys> {
    let texts = texts.into_iter().map(|text| text.expose_secret());
    Keys::parse(texts).context("AUDIT_KEYS")
}

/// The data, for a command that records what it does.
///
/// # Errors
/// A setting is missing or unusable; no database.
pub async fn recording_store(vars: &Vars) -> anyhow::Result<Store> {
    let keys = keys(&vars.audit_keys()?)?;
    let url = vars.secret("DATABASE_URL", &[])?;
    let config = PoolConfig::new(url.expose_secret()).max_size(2);
    let pool = Pool::connect(config).await.context("DATABASE_URL")?;
    Ok(Store::new(pool).with_keys(Arc::new(keys)))
}

/// Verifies, and says what was looked at.
///
/// # Errors
/// Everything that was found; a setting is missing or unusable; the database's, the object
/// store's.
pub async fn verify(vars: &Vars, args: &VerifyArgs) -> anyhow::Result<String> {
    let store = recording_store(vars).await?;
    let env = Env::system();
    let objects = match args.database_only {
        true => None,
        false => Some(object_store(&Storage::read(vars)?, &env)?),
    };
    let objects = objects.as_ref().map(|objects| objects as &dyn ObjectStore);
    let only = args.tenant.map(Chain::of);
    let report = audit::verify(&store, &env, objects, only).await?;
    conclude(&report)
}

fn conclude(report: &Report) -> anyhow::Result<String> {
    let Report {
        chains,
        links,
        facts,
        pending,
        removed,
        findings,
    } = report;
    if findings.is_empty() {
        return Ok(format!(
            "{facts} facts in {links} links of {chains} chains are whole; {pending} wait for their seal, \
             {removed} chains were removed"
        ));
    }
    let lines: Vec<String> = findings.iter().map(|f| format!("  - {f}")).collect();
    anyhow::bail!("the audit is not whole:\n{}", lines.join("\n"))
}
