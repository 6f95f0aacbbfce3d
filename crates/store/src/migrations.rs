//! The two trees of migrations, and bringing schemas to their newest.

use std::time::Duration;

use bailiwick_pg::migrate::{Batch, Tree};
use bailiwick_pg::{Pool, Schema, migrate};

pub use bailiwick_pg::Migration;

use crate::Result;

/// Migrations of schema `control`.
pub const CONTROL: &[Migration] = &[
    Migration {
        version: 1,
        name: "init",
        sql: include_str!("../migrations/control/0001_init.sql"),
    },
    Migration {
        version: 2,
        name: "changes",
        sql: include_str!("../migrations/control/0002_changes.sql"),
    },
    Migration {
        version: 3,
        name: "events",
        sql: include_str!("../migrations/control/0003_events.sql"),
    },
    Migration {
        version: 4,
        name: "provider",
        sql: include_str!("../migrations/control/0004_provider.sql"),
    },
    Migration {
        version: 5,
        name: "sweeps",
        sql: include_str!("../migrations/control/0005_sweeps.sql"),
    },
    Migration {
        version: 6,
        name: "grants",
        sql: include_str!("../migrations/control/0006_grants.sql"),
    },
    Migration {
        version: 7,
        name: "audit",
        sql: include_str!("../migrations/control/0007_audit.sql"),
    },
    Migration {
        version: 8,
        name: "outbound",
        sql: include_str!("../migrations/control/0008_outbound.sql"),
    },
    Migration {
        version: 9,
        name: "impersonations",
        sql: include_str!("../migrations/control/0009_impersonations.sql"),
    },
    Migration {
        version: 10,
        name: "platform",
        sql: include_str!("../migrations/control/0010_platform.sql"),
    },
    Migration {
        version: 11,
        name: "flags",
        sql: include_str!("../migrations/control/0011_flags.sql"),
    },
    Migration {
        version: 12,
        name: "swept_invitations",
        sql: include_str!("../migrations/control/0012_swept_invitations.sql"),
    },
    Migration {
        version: 13,
        name: "limits",
        sql: include_str!("../migrations/control/0013_limits.sql"),
    },
    Migration {
        version: 14,
        name: "moves",
        sql: include_str!("../migrations/control/0014_moves.sql"),
    },
    Migration {
        version: 15,
        name: "plans",
        sql: include_str!("../migrations/control/0015_plans.sql"),
    },
    Migration {
        version: 16,
        name: "fleet",
        sql: include_str!("../migrations/control/0016_fleet.sql"),
    },
    Migration {
        version: 17,
        name: "removals",
        sql: include_str!("../migrations/control/0017_removals.sql"),
    },
    Migration {
        version: 18,
        name: "imports",
        sql: include_str!("../migrations/control/0018_imports.sql"),
    },
];

/// Migrations of every tenant schema, shared or one's own.
pub const TENANT: &[Migration] = &[
    Migration {
        version: 1,
        name: "init",
        sql: include_str!("../migrations/tenant/0001_init.sql"),
    },
    Migration {
        version: 2,
        name: "approvals",
        sql: include_str!("../migrations/tenant/0002_approvals.sql"),
    },
    Migration {
        version: 3,
        name: "capture",
        sql: include_str!("../migrations/tenant/0003_capture.sql"),
    },
];

/// The schema that starter tenants share.
pub const SHARED: &str = "tenant_shared";

/// The tables of a product's own module: a tree beside ours in every tenant schema.
#[derive(Debug, Clone, Copy)]
pub struct ModuleTree {
    /// The module's name, `[a-z][a-z0-9_]*`.
    pub name: &'static str,
    /// Its migrations, from version 1.
    pub migrations: &'static [Migration],
}

impl ModuleTree {
    /// The table that says which of them ran.
    #[must_use]
    pub fn ledger(&self) -> String {
        format!("{}_{}", migrate::LEDGER, self.name)
    }
}

/// Brings `control` and `tenant_shared` to the newest version, with the tables of a product's own
/// modules. Safe to repeat. Answers how many migrations were applied. Needs the owner's pool.
///
/// # Errors
/// The database's; a recorded migration that is not ours.
pub async fn migrate(owner: &Pool, modules: &[ModuleTree]) -> Result<usize> {
    let control = migrate_control(owner, None).await?;
    Ok(control + migrate_shared(owner, modules, None).await?)
}

/// Brings `control` to the newest version, a transaction a migration.
///
/// # Errors
/// As [`migrate`]; a lock was not to be had within `lock_timeout`.
pub async fn migrate_control(owner: &Pool, lock_timeout: Option<Duration>) -> Result<usize> {
    owner.batch("create schema if not exists control").await?;
    migrate::run(owner, "control", CONTROL, lock_timeout).await
}

/// Brings the schema that starter tenants share to the newest version.
///
/// # Errors
/// As [`migrate_control`].
pub async fn migrate_shared(
    owner: &Pool,
    modules: &[ModuleTree],
    lock_timeout: Option<Duration>,
) -> Result<usize> {
    let shared = shared()?;
    match upgrade_tenant(owner, &shared, modules, lock_timeout).await? {
        Some(applied) => Ok(applied),
        None => migrate_tenant(owner, &shared, modules).await,
    }
}

/// Makes a tenant schema where it is missing and brings it to the newest version: ours first, then
/// each module's in the order given. All or nothing; a new schema takes one flight.
///
/// # Errors
/// The database's; a recorded migration that is not ours.
pub async fn migrate_tenant(
    owner: &Pool,
    schema: &Schema,
    modules: &[ModuleTree],
) -> Result<usize> {
    let (trees, note) = (trees(modules), note(schema, modules));
    let batch = batch(schema, &trees, &note, None);
    match migrate::make(owner, &batch).await {
        Err(error) if error.sqlstate() == Some("42P06") => {}
        made => return made,
    }
    let there = migrate::upgrade(owner, &batch).await?;
    there.ok_or_else(|| crate::Error::Migration(format!("schema {schema} went away meanwhile")))
}

/// Removes a schema of one's own with all that is in it and what is noted of it.
/// Nothing happens where there is none.
///
/// # Errors
/// The database's; the schema that starters share; a tenant lives there.
pub async fn drop_tenant(owner: &Pool, schema: &Schema) -> Result<()> {
    if schema.as_str() == SHARED || !schema.as_str().starts_with("tenant_") {
        return Err(crate::Error::Config(format!(
            "{schema} is not one tenant's"
        )));
    }
    // The name is safe to stand in the text: it is a `Schema`.
    let drop = format!(
        "{} set local lock_timeout = '2s'; \
         do $$ begin \
           if exists (select 1 from control.placements where schema_name = '{schema}') then \
             raise exception 'a tenant lives in {schema}' using errcode = '55006'; \
           end if; \
         end $$; \
         drop schema if exists {schema} cascade; \
         delete from control.tenant_schemas where schema_name = '{schema}'",
        migrate::lock(schema)
    );
    owner.batch(&drop).await
}

/// Brings a tenant schema to the newest version, all of it in one transaction. None where there is
/// no such schema.
///
/// # Errors
/// As [`migrate_control`].
pub async fn upgrade_tenant(
    owner: &Pool,
    schema: &Schema,
    modules: &[ModuleTree],
    lock_timeout: Option<Duration>,
) -> Result<Option<usize>> {
    let (trees, note) = (trees(modules), note(schema, modules));
    migrate::upgrade(owner, &batch(schema, &trees, &note, lock_timeout)).await
}

fn batch<'a>(
    schema: &'a Schema,
    trees: &'a [Tree],
    note: &'a str,
    lock_timeout: Option<Duration>,
) -> Batch<'a> {
    Batch {
        schema,
        trees,
        // Which migrations ran is for those to read who serve.
        readers: "bailiwick_app, bailiwick_ro",
        note,
        // What everybody shares is with `control`, on the coordinator.
        is_spread: schema.as_str() != SHARED,
        lock_timeout,
    }
}

/// What every tenant schema holds: our tree, then each module's.
#[must_use]
pub fn trees(modules: &[ModuleTree]) -> Vec<Tree> {
    let ours = Tree {
        ledger: migrate::LEDGER.to_owned(),
        migrations: TENANT,
    };
    let theirs = modules.iter().map(|module| Tree {
        ledger: module.ledger(),
        migrations: module.migrations,
    });
    std::iter::once(ours).chain(theirs).collect()
}

/// One number for all that a tenant schema holds at the newest version. Another binary, or another
/// set of modules, has another.
#[must_use]
pub fn fingerprint(modules: &[ModuleTree]) -> i64 {
    let mut text = String::new();
    for Tree { ledger, migrations } in trees(modules) {
        text.push_str(&ledger);
        for migration in migrations {
            text.push_str(&format!(" {}:{}", migration.version, migration.checksum()));
        }
        text.push('\n');
    }
    migrate::fnv(text.as_bytes())
}

/// The newest version of each module, as [`note`] writes it.
pub(crate) fn module_versions(modules: &[ModuleTree]) -> serde_json::Value {
    let newest = |module: &ModuleTree| module.migrations.last().map_or(0, |m| m.version);
    let versions = modules
        .iter()
        .map(|m| (m.name.to_owned(), newest(m).into()));
    serde_json::Value::Object(versions.collect())
}

/// The statement that notes a schema as being at the newest version.
fn note(schema: &Schema, modules: &[ModuleTree]) -> String {
    let version = TENANT.last().map_or(0, |m| m.version);
    let versions = module_versions(modules).to_string().replace('\'', "''");
    let fingerprint = fingerprint(modules);
    format!(
        "insert into control.tenant_schemas as s (schema_name, version, modules, fingerprint, migrated_at) \
         values ('{schema}', {version}, '{versions}', {fingerprint}, now()) \
         on conflict (schema_name) do update set version = excluded.version, modules = excluded.modules, \
           fingerprint = excluded.fingerprint, migrated_at = excluded.migrated_at, \
           failed_at = null, last_error = null, attempts = 0"
    )
}

/// The schema that starter tenants share.
///
/// # Errors
/// Never in practice: the name is a constant.
pub fn shared() -> Result<Schema> {
    Schema::new(SHARED).map_err(|e| crate::Error::Config(e.to_string()))
}

/// The name of an organization's own schema: `tenant_` and twelve hexadecimal digits of a UUID of
/// version 5 over the provider's id (TEN-02, hyphens stripped). Where another organization has it,
/// the next `salt` gives another.
///
/// # Errors
/// Never in practice: the form is fixed.
pub fn schema_name(clerk_org_id: &str, salt: u32) -> Result<Schema> {
    let name = if salt == 0 {
        clerk_org_id.to_owned()
    } else {
        format!("{clerk_org_id}#{salt}")
    };
    let hash = uuid::Uuid::new_v5(&uuid::Uuid::NAMESPACE_OID, name.as_bytes())
        .simple()
        .to_string();
    Schema::new(&format!("tenant_{}", &hash[..12])).map_err(|e| crate::Error::Config(e.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_is_listed_in_its_order() {
        for (tree, listed) in [("control", CONTROL), ("tenant", TENANT)] {
            let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
            let files = std::fs::read_dir(folder.join(tree)).unwrap();
            let mut files: Vec<_> = files
                .map(|file| file.unwrap().file_name().into_string().unwrap())
                .collect();
            files.sort();
            let named: Vec<_> = (1..)
                .zip(listed)
                .map(|(number, one)| {
                    assert_eq!(one.version, number, "{tree}");
                    format!("{number:04}_{}.sql", one.name)
                })
                .collect();
            assert_eq!(files, named, "{tree}");
        }
    }
}
