//! `cargo xtask faults`: proof that the isolation tests can fail.
//!
//! Each known way to leak a tenant is introduced on purpose into a copy of the committed sources,
//! one at a time, and the tests that guard against it must turn red. A fault that stays green, or
//! that does not compile, fails the verb.

mod list;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anyhow::{Context as _, Result, bail, ensure};

use crate::{paths, process, report};
use list::{FAULTS, Fault};

#[derive(clap::Args)]
#[command(after_help = "Examples:
  cargo xtask faults                 every fault, one after the other
  cargo xtask faults --only epoch    those whose name contains a word")]
pub struct Args {
    /// Only the faults whose name contains this
    #[arg(long)]
    only: Option<String>,
}

/// The verb.
pub fn run(args: &Args) -> Result<()> {
    let copy = paths::target().join("faults");
    report::step("copy the committed sources", || copy_sources(&copy))?;
    let chosen = |fault: &&Fault| {
        args.only
            .as_ref()
            .is_none_or(|word| fault.name.contains(word))
    };
    let faults: Vec<&Fault> = FAULTS.iter().filter(chosen).collect();
    ensure!(!faults.is_empty(), "no fault has such a name");
    report::step("the tests without a fault are green", || {
        for fault in &faults {
            let output = test(&copy, fault.guard)?;
            ensure!(output.status.success(), "{}", tail(&output));
        }
        Ok(())
    })?;
    for fault in faults {
        report::step(
            &format!("{} turns `{}` red", fault.name, fault.guard),
            || seed(&copy, fault),
        )?;
    }
    Ok(())
}

/// What git has, without the work tree's changes, so that a result has a commit.
fn copy_sources(copy: &Path) -> Result<()> {
    if copy.exists() {
        fs::remove_dir_all(copy)?;
    }
    fs::create_dir_all(copy)?;
    let archive = copy.join("sources.tar");
    process::run(
        Command::new("git")
            .current_dir(paths::root())
            .args(["archive", "--format=tar", "--output"])
            .arg(&archive)
            .arg("HEAD"),
    )?;
    // With the time of now: what an earlier run's last fault was built from must not count as fresh.
    process::run(
        Command::new("tar")
            .arg("-xmf")
            .arg(&archive)
            .arg("-C")
            .arg(copy),
    )?;
    Ok(fs::remove_file(archive)?)
}

/// Introduces a fault, looks at the tests, and takes it back.
fn seed(copy: &Path, fault: &Fault) -> Result<()> {
    let file: PathBuf = copy.join(fault.file);
    let sound = fs::read_to_string(&file).with_context(|| fault.file.to_owned())?;
    let places = sound.matches(fault.find).count();
    ensure!(
        places == 1,
        "{} has {places} places like the fault's, not one",
        fault.file
    );
    fs::write(&file, sound.replace(fault.find, fault.replace))?;
    let output = test(copy, fault.guard);
    fs::write(&file, sound)?;
    let output = output?;
    if output.status.success() {
        bail!("the tests stay green: {}", fault.name);
    }
    let text = String::from_utf8_lossy(&output.stdout);
    ensure!(
        text.contains("test result: FAILED"),
        "the fault breaks the build:\n{}",
        tail(&output)
    );
    Ok(())
}

fn test(copy: &Path, guard: &str) -> Result<Output> {
    let mut command = process::cargo();
    command
        .current_dir(copy)
        .env("CARGO_TARGET_DIR", paths::target().join("faults-build"))
        .args([
            "test",
            "--quiet",
            "--package",
            "bailiwick",
            "--test",
            "it",
            "--",
            guard,
        ]);
    Ok(command.output()?)
}

fn tail(output: &Output) -> String {
    let text = [&output.stdout[..], &output.stderr[..]].concat();
    let text = String::from_utf8_lossy(&text).into_owned();
    let lines: Vec<&str> = text.lines().rev().take(30).collect();
    lines.into_iter().rev().collect::<Vec<_>>().join("\n")
}
