//! The tests that start a whole server, once more on other ground: with every tenant in one tier, or
//! behind a pooler.

use crate::setup::Machine;
use crate::{paths, process};
use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// What such tests stand on: whoever depends on it takes part.
const TEST_KIT: &str = "bailiwick-testkit";

/// Other ground than the usual.
pub enum Ground {
    /// Each tenant gets a schema of its own, unless the test's point is the tier.
    Pro,
    /// PgBouncer in transaction mode before every database, unless the test speaks with the server.
    Pooler,
}

impl Ground {
    /// What tells the test kit.
    fn variable(&self) -> (&'static str, &'static str) {
        match self {
            Self::Pro => ("TEST_TIER", "pro"),
            Self::Pooler => ("TEST_POOLER", "pgbouncer"),
        }
    }
}

/// Runs them all, also after some failed. They are the binaries of `cargo test --workspace`, so that
/// nothing is compiled a second time.
pub fn run(machine: &Machine, ground: &Ground) -> Result<()> {
    let (name, value) = ground.variable();
    let mut failed = Vec::new();
    for binary in binaries()? {
        let dir = binary
            .manifest_path
            .parent()
            .unwrap_or(&binary.manifest_path);
        let mut command = Command::new(&binary.executable);
        command
            .current_dir(dir)
            .env("CARGO_MANIFEST_DIR", dir)
            .envs(machine.variables())
            .env(name, value);
        eprintln!("    {name}={value} {}", paths::shown(dir));
        if let Err(error) = process::run(&mut command) {
            failed.push(error.to_string());
        }
    }
    if !failed.is_empty() {
        bail!("{}", failed.join("\n"));
    }
    Ok(())
}

/// A line of what cargo says of a build; of other lines the members are missing.
#[derive(Deserialize)]
struct Message {
    #[serde(default)]
    manifest_path: Option<PathBuf>,
    #[serde(default)]
    executable: Option<PathBuf>,
    #[serde(default)]
    profile: Profile,
}

#[derive(Default, Deserialize)]
struct Profile {
    /// Whether it is a binary of tests.
    test: bool,
}

struct Binary {
    executable: PathBuf,
    manifest_path: PathBuf,
}

fn binaries() -> Result<Vec<Binary>> {
    let mut build = super::cargo("test");
    build.args(["--workspace", "--test", "it", "--no-run"]);
    let told = process::output(build.arg("--message-format=json-render-diagnostics"))?;
    let mut found = Vec::new();
    for line in told.lines() {
        let message: Message = serde_json::from_str(line).context("reading what cargo built")?;
        let (Some(manifest_path), Some(executable), true) = (
            message.manifest_path,
            message.executable,
            message.profile.test,
        ) else {
            continue;
        };
        if fs::read_to_string(&manifest_path)?.contains(TEST_KIT) {
            found.push(Binary {
                executable,
                manifest_path,
            });
        }
    }
    ensure!(
        !found.is_empty(),
        "cargo built no test that depends on {TEST_KIT}"
    );
    Ok(found)
}
