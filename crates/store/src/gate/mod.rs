//! What must hold in the database before the server starts. What is wrong is named with the
//! statement that mends it.

pub mod poolers;
pub mod roles;
pub mod server;
pub mod tables;

use bailiwick_pg::migrate;

use crate::migrations::SHARED;
use crate::{Result, Store, migrations};

/// Whether the server may start all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weight {
    /// It may not.
    Refusal,
    /// It may, and somebody should know.
    Advice,
}

/// One thing that is wrong, and what mends it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Whether the server may start all the same.
    pub weight: Weight,
    /// What is wrong.
    pub problem: String,
    /// What to do: a statement or a command.
    pub remedy: String,
}

impl Finding {
    pub(crate) fn refusal(problem: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            weight: Weight::Refusal,
            problem: problem.into(),
            remedy: remedy.into(),
        }
    }

    pub(crate) fn advice(problem: impl Into<String>, remedy: impl Into<String>) -> Self {
        Self {
            weight: Weight::Advice,
            ..Self::refusal(problem, remedy)
        }
    }
}

impl Store {
    /// Looks at roles, owners, forced policies, versions, and at the server and what stands in front
    /// of it. No refusal: the server may start.
    ///
    /// # Errors
    /// The database's.
    pub async fn gate(&self) -> Result<Vec<Finding>> {
        let mut findings = roles::look(self).await?;
        findings.extend(tables::look(self).await?);
        findings.extend(poolers::look(self));
        findings.extend(server::look(self).await?);
        let behind = self.behind().await?;
        // What is noted of tenants can be read where everything else is there.
        if behind.is_empty() {
            findings.extend(self.fleet_behind().await?);
        }
        findings.extend(behind);
        Ok(findings)
    }

    /// Tenants' own schemas that are not at our version. They are served: our statements know the
    /// version before, and what a tenant lacks beyond that is a 503 for that tenant alone.
    async fn fleet_behind(&self) -> Result<Option<Finding>> {
        let census = self.fleet_census().await?;
        let problem = format!(
            "{} of {} tenants' own schemas are not at this version, and a migration failed in {}",
            census.behind, census.schemas, census.failed
        );
        let remedy = "bailiwick migrate; bailiwick tenants list --state failed";
        Ok((census.behind > 0).then(|| Finding::advice(problem, remedy)))
    }

    /// Which of the schemas that everybody needs are not at our version. Cheap: two look-ups.
    ///
    /// # Errors
    /// The database's.
    pub async fn behind(&self) -> Result<Vec<Finding>> {
        let mut findings = Vec::new();
        let own = self.modules().iter();
        let own = own.map(|module| (SHARED, module.ledger(), module.migrations));
        let trees = [
            ("control", migrate::LEDGER.to_owned(), migrations::CONTROL),
            (SHARED, migrate::LEDGER.to_owned(), migrations::TENANT),
        ];
        for (schema, ledger, tree) in trees.into_iter().chain(own) {
            let known = migrate::versions_recorded_in(self.pool(), schema, &ledger).await?;
            if !migrate::is_current(&known, tree) {
                let (known, all) = (known.len(), tree.len());
                findings.push(Finding::refusal(
                    format!("schema {schema} has {known} of {all} migrations ({ledger})"),
                    "bailiwick migrate",
                ));
            }
        }
        Ok(findings)
    }
}
