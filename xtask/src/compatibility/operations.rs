//! The operations that Clerk documents: facts, kept in a form of our own.

use crate::paths;
use anyhow::{Context, Result};
use std::fs;

/// One operation, or one event of the webhooks.
pub struct Operation {
    /// `fapi`, `bapi` or `webhooks`.
    pub interface: String,
    /// The heading under which Clerk documents it.
    pub group: String,
    pub method: String,
    pub path: String,
    pub id: String,
}

/// All of them, in Clerk's order.
pub fn list() -> Result<Vec<Operation>> {
    let file = paths::root().join("crates/idp/compatibility/operations.tsv");
    let text = fs::read_to_string(&file).with_context(|| paths::shown(&file))?;
    text.lines()
        .filter(|line| !line.starts_with('#'))
        .map(parse)
        .collect()
}

fn parse(line: &str) -> Result<Operation> {
    let fields: Vec<&str> = line.split('\t').collect();
    let [interface, group, method, path, id] = fields[..] else {
        anyhow::bail!("not five fields: {line}");
    };
    Ok(Operation {
        interface: interface.to_owned(),
        group: group.to_owned(),
        method: method.to_owned(),
        path: path.to_owned(),
        id: id.to_owned(),
    })
}
