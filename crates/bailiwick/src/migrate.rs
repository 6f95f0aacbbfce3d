//! `bailiwick migrate`: control first, then the shared schema, then every tenant's own.

use bailiwick_api::Module;
use bailiwick_pg::{Pool, PoolConfig};
use bailiwick_store::{Store, migrations};

/// What was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Report {
    /// Migrations applied, over all schemas.
    pub applied: usize,
    /// Schemas looked at.
    pub schemas: usize,
}

/// Brings everything to the newest version. Safe to repeat, and to run beside another.
///
/// # Errors
/// The database's; a recorded migration that is not ours.
pub async fn run(owner_url: &str, modules: &[Module]) -> anyhow::Result<Report> {
    let trees: Vec<_> = modules.iter().map(Module::tree).collect();
    let owner = Pool::connect(PoolConfig::new(owner_url).max_size(2).statement_cache(0)).await?;
    let mut applied = migrations::migrate(&owner, &trees).await?;
    let mut schemas = 2;
    for schema in Store::new(owner.clone()).tenant_schemas().await? {
        if schema.as_str() != migrations::SHARED {
            applied += migrations::migrate_tenant(&owner, &schema, &trees).await?;
            schemas += 1;
        }
    }
    Ok(Report { applied, schemas })
}
