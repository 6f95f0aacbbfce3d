//! The provider's own schema, `idp`.

use bailiwick_pg::{Migration, Pool};

use crate::error::Result;

const MIGRATIONS: &[Migration] = &[
    Migration {
        version: 1,
        name: "init",
        sql: include_str!("../migrations/0001_init.sql"),
    },
    Migration {
        version: 2,
        name: "webhooks",
        sql: include_str!("../migrations/0002_webhooks.sql"),
    },
    Migration {
        version: 3,
        name: "settings",
        sql: include_str!("../migrations/0003_settings.sql"),
    },
    Migration {
        version: 4,
        name: "identification",
        sql: include_str!("../migrations/0004_identification.sql"),
    },
    Migration {
        version: 5,
        name: "factors",
        sql: include_str!("../migrations/0005_factors.sql"),
    },
    Migration {
        version: 6,
        name: "social",
        sql: include_str!("../migrations/0006_social.sql"),
    },
    Migration {
        version: 7,
        name: "organizations",
        sql: include_str!("../migrations/0007_organizations.sql"),
    },
    Migration {
        version: 8,
        name: "billing",
        sql: include_str!("../migrations/0008_billing.sql"),
    },
    Migration {
        version: 9,
        name: "apis",
        sql: include_str!("../migrations/0009_apis.sql"),
    },
    Migration {
        version: 10,
        name: "operation",
        sql: include_str!("../migrations/0010_operation.sql"),
    },
    Migration {
        version: 11,
        name: "oauth_application_logos",
        sql: include_str!("../migrations/0011_oauth_application_logos.sql"),
    },
];

/// Brings schema `idp` to this version's tables. The schema must exist and belong to the pool's
/// role. Safe to repeat, and from several processes at once.
pub async fn migrate(pool: &Pool) -> Result<()> {
    bailiwick_pg::migrate::run(pool, "idp", MIGRATIONS, None).await?;
    Ok(())
}
