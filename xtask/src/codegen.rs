//! `cargo xtask gen`: what is generated: the API's document and the web client's types, and the
//! document of what is compatible with Clerk.

use crate::report::Failure;
use crate::{compatibility, dev, paths, process, report, setup};
use anyhow::{Context, Result};
use clap::ValueEnum;
use std::fs;
use std::path::PathBuf;
use std::process::Command;

#[derive(clap::Args)]
#[command(after_help = "Examples:
  cargo xtask gen                   after an endpoint changed
  cargo xtask gen clerk-compat      after a test run, where an operation of the provider changed
  cargo xtask gen clerk-components  after the browser tests, where a component asks for something else
  cargo xtask gen --check           fails where a generated file is not what the code says")]
pub struct Args {
    /// What to write
    #[arg(value_enum, default_value = "api")]
    what: What,
    /// Write nothing; fail where something would change
    #[arg(long)]
    check: bool,
}

/// What is generated.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum What {
    /// web/openapi.json and the web client's types
    Api,
    /// docs/clerk-compatibility.md, from what the last test run exercised
    ClerkCompat,
    /// The operations that Clerk's components ask for, from the last run of the browser tests
    ClerkComponents,
}

/// The verb.
pub fn run(args: &Args) -> Result<()> {
    match (args.what, args.check) {
        (What::Api, _) => {}
        (What::ClerkCompat, true) => return compatibility::compare(),
        (What::ClerkCompat, false) => return compatibility::write(),
        (What::ClerkComponents, true) => return compatibility::components::compare(),
        (What::ClerkComponents, false) => return compatibility::components::write(),
    }
    setup::ensure(&[setup::Part::Web, setup::Part::Clerk])?;
    report::step("build bailiwick", dev::build)?;
    generate(args.check)
}

/// Fails where a generated file is not what the binary that was built last says.
pub fn compare() -> Result<()> {
    generate(true)
}

fn generate(is_check: bool) -> Result<()> {
    let document = process::output(Command::new(dev::binary()).arg("openapi"))?;
    let files = [
        paths::web().join("openapi.json"),
        paths::web().join("src/api/schema.gen.ts"),
    ];
    let before = contents(&files);
    write(&files[0], &document)?;
    let generated = process::output(process::npm(&paths::web()).args(["run", "--silent", "gen"]));
    let after = contents(&files);
    if is_check || generated.is_err() {
        for (file, text) in files.iter().zip(&before) {
            if let Some(text) = text {
                write(file, text)?;
            }
        }
    }
    generated?;
    let changed: Vec<String> = files
        .iter()
        .zip(before.iter().zip(&after))
        .filter(|(_, (before, after))| before != after)
        .map(|(file, _)| paths::shown(file))
        .collect();
    match changed.as_slice() {
        [] => report::ready("generated files", "up to date"),
        _ if is_check => {
            let what = format!("not what the code says: {}", changed.join(", "));
            return Err(
                Failure::new(what, "run `cargo xtask gen` and commit the difference").into(),
            );
        }
        _ => report::ready("written", &changed.join(", ")),
    }
    Ok(())
}

fn contents(files: &[PathBuf]) -> Vec<Option<String>> {
    files
        .iter()
        .map(|file| fs::read_to_string(file).ok())
        .collect()
}

fn write(file: &PathBuf, text: &str) -> Result<()> {
    fs::write(file, text).with_context(|| format!("writing {}", file.display()))
}
