//! The project's own commands, one file a verb: `cargo xtask <verb>`.
//!
//! Everything here runs on a laptop exactly as in CI. Commands are plain child processes whose
//! output goes straight through, so that what a tool prints is what one reads.

mod bench;
mod check;
mod ci;
mod codegen;
mod compatibility;
mod dev;
mod e2e;
mod environment;
mod faults;
mod paths;
mod process;
mod report;
mod server;
mod setup;
mod stamp;
mod test;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

#[derive(Parser)]
#[command(
    name = "cargo xtask",
    about = "The commands of this repository",
    version
)]
struct Cli {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Subcommand)]
enum Verb {
    /// Fetch what build, development and tests need; does nothing where it is there
    Setup(setup::Args),
    /// Build everything and run it (the same as `cargo dev`)
    Dev(dev::Args),
    /// Run every test: Rust, web, browser
    Test(test::Args),
    /// Check format, lints, structure, licences and the web sources
    Check(check::Args),
    /// What CI runs: `check`, then `test`
    Ci,
    /// Write what is generated: the API's document, the web client's types, what is compatible
    Gen(codegen::Args),
    /// Prove that the isolation tests can fail, by one seeded fault after the other
    Faults(faults::Args),
    /// Measure requests a second, memory and start-up of the release build
    Bench(bench::Args),
}

fn main() -> ExitCode {
    let outcome = match Cli::parse().verb {
        Verb::Setup(args) => setup::run(&args),
        Verb::Dev(args) => dev::run(&args),
        Verb::Test(args) => test::run(&args),
        Verb::Check(args) => check::run(&args),
        Verb::Ci => ci::run(),
        Verb::Gen(args) => codegen::run(&args),
        Verb::Faults(args) => faults::run(&args),
        Verb::Bench(args) => bench::run(&args),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            report::error(&error);
            ExitCode::FAILURE
        }
    }
}
