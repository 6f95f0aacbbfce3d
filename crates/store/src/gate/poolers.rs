//! What stands between us and the server, against what we were told to do there.

use bailiwick_pg::{Between, Pool};

use super::Finding;
use crate::Store;

pub(super) fn look(store: &Store) -> Vec<Finding> {
    let mut findings = Vec::new();
    let serving = store.pool();
    let Between::Transactions { keeps_names } = serving.between() else {
        return findings;
    };
    if serving.statement_cache() > 0 && !keeps_names {
        findings.push(Finding::refusal(
            "DATABASE_STATEMENT_CACHE names statements, and the pooler of DATABASE_URL forgets names with each transaction",
            "unset DATABASE_STATEMENT_CACHE; or let the pooler prepare them (PgBouncer 1.21: max_prepared_statements = 500)",
        ));
    }
    if !store.has_direct() {
        findings.push(Finding::advice(
            "DATABASE_URL leads through a pooler in transaction mode: announcements do not come, and who may do what is looked up anew each second",
            "set DATABASE_DIRECT_URL to the same role and database past the pooler",
        ));
    } else if !store.can_listen() {
        findings.push(Finding::refusal(
            "DATABASE_DIRECT_URL leads through a pooler in transaction mode: announcements would never come",
            "set DATABASE_DIRECT_URL to the server itself, or unset it",
        ));
    }
    findings
}

/// What is wrong with the way on which migrations run, beside what [`Store::gate`] looks at.
#[must_use]
pub fn of_migrations(owner: &Pool) -> Vec<Finding> {
    if owner.between().has_sessions() {
        return Vec::new();
    }
    vec![Finding::refusal(
        "DATABASE_MIGRATION_URL leads through a pooler in transaction mode",
        "set DATABASE_MIGRATION_URL to the server itself",
    )]
}
