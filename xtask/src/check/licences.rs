//! cargo-deny over deny.toml: licences, banned crates and sources always, advisories as a report.

use crate::{process, report};
use anyhow::Result;
use std::process::Command;
use std::time::Duration;

/// The advisory database is fetched from the internet, which is not everywhere.
const ADVISORIES_LIMIT: Duration = Duration::from_secs(60);

/// Passes with a plain line where cargo-deny is not installed: the lock file's sources and the
/// crate edges are checked without it.
pub fn check() -> Result<()> {
    if process::output(Command::new("cargo-deny").arg("--version")).is_err() {
        report::note(
            "not checked: cargo-deny is not installed (cargo install cargo-deny --locked)",
        );
        return Ok(());
    }
    process::run(process::cargo().args([
        "deny",
        "--offline",
        "check",
        "bans",
        "licenses",
        "sources",
    ]))?;
    let mut advisories = process::cargo();
    advisories.args(["deny", "check", "advisories"]);
    if let Err(error) = process::run_within(&mut advisories, ADVISORIES_LIMIT) {
        report::note(&format!("advisories, read what it says above: {error}"));
    }
    Ok(())
}
