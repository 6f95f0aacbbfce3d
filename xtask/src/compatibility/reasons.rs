//! Why operations are not offered, or only in part: written by people, in one file.

use super::coverage::Coverage;
use super::operations::Operation;
use crate::paths;
use crate::report::Failure;
use anyhow::{Context, Result};
use serde::Deserialize;
use std::fs;

const FILE: &str = "crates/idp/compatibility/reasons.toml";

/// The file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reasons {
    #[serde(default)]
    no: Vec<Reason>,
    #[serde(default)]
    partly: Vec<Reason>,
}

/// One reason and the operations it holds for.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reason {
    why: String,
    #[serde(default)]
    fapi: Vec<String>,
    #[serde(default)]
    bapi: Vec<String>,
    #[serde(default)]
    webhooks: Vec<String>,
}

impl Reason {
    fn holds_for(&self, operation: &Operation) -> bool {
        self.of(&operation.interface).contains(&operation.id)
    }

    fn of(&self, interface: &str) -> &[String] {
        match interface {
            "fapi" => &self.fapi,
            "bapi" => &self.bapi,
            _ => &self.webhooks,
        }
    }
}

impl Reasons {
    /// Reads the file.
    pub fn read() -> Result<Self> {
        let text = fs::read_to_string(paths::root().join(FILE)).context(FILE)?;
        toml::from_str(&text).context(FILE)
    }

    /// Why the operation is not offered.
    pub fn no(&self, operation: &Operation) -> Option<&str> {
        find(&self.no, operation)
    }

    /// In how far the operation is offered.
    pub fn partly(&self, operation: &Operation) -> Option<&str> {
        find(&self.partly, operation)
    }

    /// Fails where a reason is missing, outdated, or for nothing, and where an operation that is
    /// offered was not called by an SDK that has a method for it.
    pub fn check(&self, operations: &[Operation], coverage: &Coverage) -> Result<()> {
        let silent = coverage.silent().into_iter();
        let mut findings: Vec<String> = silent
            .map(|sdk| format!("the SDK for {sdk} was not run"))
            .collect();
        for operation in operations {
            let (interface, id) = (&operation.interface, &operation.id);
            let is_exercised = coverage.of(interface, id).is_some();
            match (is_exercised, self.no(operation)) {
                (false, None) => {
                    findings.push(format!("{interface} {id}: not exercised, no reason"))
                }
                (true, Some(why)) => {
                    findings.push(format!("{interface} {id}: exercised, but {why}"))
                }
                _ => {}
            }
            if is_exercised {
                let uncalled = coverage.uncalled(interface, id).into_iter();
                let finding = |sdk| format!("{interface} {id}: not called by the SDK for {sdk}");
                findings.extend(uncalled.map(finding));
            }
        }
        for reason in self.no.iter().chain(&self.partly) {
            for interface in ["fapi", "bapi", "webhooks"] {
                for id in reason.of(interface) {
                    let is_known = |operation: &Operation| {
                        operation.interface == interface && operation.id == *id
                    };
                    if !operations.iter().any(is_known) {
                        findings.push(format!("{interface} {id}: no such operation"));
                    }
                }
            }
        }
        if findings.is_empty() {
            return Ok(());
        }
        Err(Failure::new(
            findings.join("\n"),
            format!("exercise them in a test, or say in {FILE} why not"),
        )
        .into())
    }
}

fn find<'a>(reasons: &'a [Reason], operation: &Operation) -> Option<&'a str> {
    let reason = reasons.iter().find(|reason| reason.holds_for(operation))?;
    Some(&reason.why)
}
