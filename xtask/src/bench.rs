//! `cargo xtask bench`: the named measurements of bench/benches.toml.
//!
//! A bench is a program that prints its own figures; this file builds the release binary, checks
//! that the tools are there, and runs it.

use crate::report::Failure;
use crate::{environment, paths, process, report, setup};
use anyhow::{Context, Result};
use serde::Deserialize;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

#[derive(clap::Args)]
#[command(after_help = "Examples:
  cargo xtask bench                list them
  cargo xtask bench <name>         run one
  cargo xtask bench <name> -- -h   its own arguments")]
pub struct Args {
    /// Which one; without it they are listed
    name: Option<String>,
    /// Passed on to the bench
    #[arg(last = true)]
    args: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Benches {
    #[serde(default)]
    bench: Vec<Bench>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Bench {
    name: String,
    /// One line: what is measured.
    about: String,
    /// Program and arguments, run in bench/.
    command: Vec<String>,
    /// Programs that must be on PATH.
    #[serde(default)]
    needs: Vec<String>,
}

/// The verb.
pub fn run(args: &Args) -> Result<()> {
    let benches = read()?;
    let Some(name) = &args.name else {
        for Bench { name, about, .. } in &benches {
            eprintln!("  {name:<16} {about}");
        }
        report::ready(
            "bench",
            &format!("{} known; run one by its name", benches.len()),
        );
        return Ok(());
    };
    let bench = benches
        .iter()
        .find(|bench| bench.name == *name)
        .ok_or_else(|| {
            Failure::new(
                format!("there is no bench `{name}`"),
                "`cargo xtask bench` lists them",
            )
        })?;
    if let Some(tool) = bench
        .needs
        .iter()
        .find(|tool| environment::find_on_path(tool).is_none())
    {
        return Err(Failure::new(
            format!("bench `{name}` needs `{tool}`"),
            "install it with your system's packages",
        )
        .into());
    }
    let machine = setup::ensure(setup::TO_RUN)?;
    report::step("build bailiwick (release)", || {
        process::run(process::cargo().args(["build", "--release", "--package", "bailiwick"]))
    })?;
    let (program, fixed) = bench
        .command
        .split_first()
        .context("a bench without a command")?;
    let mut command = Command::new(program);
    command.args(fixed).args(&args.args).current_dir(folder());
    command.env(
        "BAILIWICK_BIN",
        paths::root().join("target/release/bailiwick"),
    );
    report::step(name, || process::run(command.envs(machine.variables())))
}

fn read() -> Result<Vec<Bench>> {
    let file = folder().join("benches.toml");
    let text = fs::read_to_string(&file).with_context(|| format!("reading {}", file.display()))?;
    let benches: Benches =
        toml::from_str(&text).with_context(|| format!("parsing {}", paths::shown(&file)))?;
    Ok(benches.bench)
}

fn folder() -> PathBuf {
    paths::root().join("bench")
}
