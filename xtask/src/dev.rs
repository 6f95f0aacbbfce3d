//! `cargo dev`: set up, build, and become `bailiwick dev`.

use crate::{paths, process, report, setup};
use anyhow::Result;
use std::path::PathBuf;
use std::process::Command;

#[derive(clap::Args)]
#[command(after_help = "Examples:
  cargo dev                       everything on one machine, at http://localhost:3000
  cargo dev --port 3100           the same at another port
  cargo dev --reset               start over with fresh demo data
  cargo dev --data-dir /tmp/try   a second one, beside the first

`cargo dev -- --help` lists all that may follow.")]
pub struct Args {
    /// Passed on to `bailiwick dev`
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    args: Vec<String>,
}

/// The verb. Comes back only where something failed.
pub fn run(args: &Args) -> Result<()> {
    let machine = setup::ensure(setup::TO_RUN)?;
    report::step("build bailiwick", build)?;
    let mut server = Command::new(binary());
    server
        .current_dir(paths::root())
        .arg("dev")
        .args(&args.args)
        .envs(machine.variables());
    Err(process::exec(&mut server))
}

/// Compiles the binary of the development profile, with cargo's own progress.
pub fn build() -> Result<()> {
    process::run(process::cargo().args(["build", "--package", "bailiwick", "--bin", "bailiwick"]))
}

/// Where it is then.
pub fn binary() -> PathBuf {
    paths::target().join("debug/bailiwick")
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        dev: super::Args,
    }

    #[test]
    fn what_follows_is_passed_on_with_and_without_two_dashes() {
        let passed = |line: &[&str]| Line::try_parse_from(line).unwrap().dev.args;
        assert_eq!(
            passed(&["dev", "--reset", "--port", "0"]),
            ["--reset", "--port", "0"]
        );
        assert_eq!(passed(&["dev", "--", "--reset"]), ["--reset"]);
        assert_eq!(passed(&["dev", "--", "--help"]), ["--help"]);
        assert!(passed(&["dev"]).is_empty());
    }
}
