//! The browser tests: a real server, a real browser, nothing in between.

use crate::server::Server;
use crate::{compatibility, dev, paths, process, report, setup};
use anyhow::{Context, Result};
use std::fs;
use std::path::PathBuf;

/// Runs Playwright against a server of its own, of the binary that was built last; its files are kept where a test fails.
pub fn run(machine: &setup::Machine) -> Result<()> {
    let folder = folder();
    let outcome = Server::start(&folder, machine).and_then(|server| {
        report::note(&format!(
            "the system under test is at {}",
            server.variable("APP_URL")?
        ));
        let answers = compatibility::components::forget()?;
        let mut playwright = process::npm(&paths::web());
        playwright
            .args(["run", "e2e"])
            // For installations that tests start themselves.
            .env("BAILIWICK_BINARY", dev::binary())
            .env("CLERK_ANSWERS", answers)
            .envs(server.variables.iter().cloned());
        process::run(playwright.envs(machine.variables()))
    });
    let outcome = outcome.and_then(|()| compatibility::components::check());
    if outcome.is_ok() {
        return fs::remove_dir_all(&folder)
            .with_context(|| format!("removing {}", folder.display()));
    }
    report::note(&format!("server log and data: {}", folder.display()));
    report::note(&format!(
        "traces and pictures: {}",
        paths::shown(&paths::web().join("test-results"))
    ));
    outcome
}

/// Outside the clone: the database's user must reach it wherever the clone is.
fn folder() -> PathBuf {
    std::env::temp_dir().join(format!("bailiwick-e2e-{}", std::process::id()))
}
