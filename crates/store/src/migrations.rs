//! The two trees of migrations, and bringing schemas to their newest.

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
    owner.batch("create schema if not exists control").await?;
    let control = migrate::run(owner, "control", CONTROL).await?;
    Ok(control + migrate_tenant(owner, &shared()?, modules).await?)
}

/// Makes a tenant schema where it is missing and brings it to the newest version: ours first, then
/// each module's in the order given.
///
/// # Errors
/// The database's; a recorded migration that is not ours.
pub async fn migrate_tenant(
    owner: &Pool,
    schema: &Schema,
    modules: &[ModuleTree],
) -> Result<usize> {
    // On Citus a schema made with this setting is distributed; elsewhere it means nothing.
    let create = format!(
        "{} set local citus.enable_schema_based_sharding = on; create schema if not exists {schema}",
        migrate::lock(schema)
    );
    owner.batch(&create).await?;
    let mut applied = migrate::run(owner, schema.as_str(), TENANT).await?;
    show(owner, schema, migrate::LEDGER).await?;
    for module in modules {
        let ledger = module.ledger();
        applied +=
            migrate::run_recorded_in(owner, schema.as_str(), &ledger, module.migrations).await?;
        show(owner, schema, &ledger).await?;
    }
    Ok(applied)
}

/// Removes a schema of one's own with all that is in it. Nothing happens where there is none.
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
         drop schema if exists {schema} cascade",
        migrate::lock(schema)
    );
    owner.batch(&drop).await
}

/// Which migrations ran is for those to read who serve.
async fn show(owner: &Pool, schema: &Schema, ledger: &str) -> Result<()> {
    let grant = format!(
        "{} grant select on {schema}.{ledger} to bailiwick_app, bailiwick_ro",
        migrate::lock(schema)
    );
    owner.batch(&grant).await
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
