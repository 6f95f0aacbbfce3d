//! `cargo xtask test`: all tests there are, each by its own runner.

mod again;

use crate::report::Tally;
use crate::{codegen, compatibility, dev, e2e, environment, paths, process, setup};
use again::Ground;
use anyhow::Result;
use clap::ValueEnum;

#[derive(clap::Args, Default)]
#[command(after_help = "Examples:
  cargo xtask test                    everything, after setting the machine up for it
  cargo xtask test --skip-e2e         without a browser
  cargo xtask test --only e2e         the browser tests alone
  cargo xtask test --only rust web    two of the three
  cargo xtask test --pro              the server's own tests, with every tenant in a schema of its own
  cargo xtask test --pooler           the same tests, with PgBouncer before every database
  cargo test -p bailiwick-store       one crate, as always")]
pub struct Args {
    /// Only these suites
    #[arg(long, value_enum, num_args = 1..)]
    only: Vec<Suite>,
    /// Leave the browser tests out
    #[arg(long)]
    skip_e2e: bool,
    /// The server's own tests alone, with every tenant in a schema of its own: the run that comes
    /// second in `rust`
    #[arg(long, conflicts_with_all = ["only", "skip_e2e", "pooler"])]
    pro: bool,
    /// The server's own tests alone, with PgBouncer in transaction mode before every database
    #[arg(long, conflicts_with_all = ["only", "skip_e2e"])]
    pooler: bool,
}

/// The suites, in the order of their runs.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Suite {
    /// Unit and integration tests of the workspace, those of the server in both tiers, and the
    /// generated API document
    Rust,
    /// Unit tests of the web interface
    Web,
    /// The whole system in a browser
    E2e,
}

/// What the second run of the server's own tests is called.
const IN_THE_OTHER_TIER: &str = "tests of the server, every tenant in a schema of its own";

/// The verb. Every suite runs, also after another one failed.
pub fn run(args: &Args) -> Result<()> {
    if args.pooler {
        return alone("tests of the server, through PgBouncer", &Ground::Pooler);
    }
    if args.pro {
        return alone(IN_THE_OTHER_TIER, &Ground::Pro);
    }
    let has = |suite| match suite {
        Suite::E2e if args.skip_e2e => false,
        suite => args.only.is_empty() || args.only.contains(&suite),
    };
    let mut parts = setup::TO_RUN.to_vec();
    if has(Suite::Rust) {
        parts.extend([setup::Part::Pooler, setup::Part::Sdks]);
    }
    if has(Suite::E2e) {
        parts.push(setup::Part::Browser);
    }
    let machine = setup::ensure(&parts)?;
    let mut tally = Tally::default();
    if has(Suite::Rust) {
        compatibility::forget()?;
        tally.run("cargo test", || {
            process::run(
                cargo("test")
                    .args(["--workspace", "--no-fail-fast"])
                    .envs(machine.variables()),
            )
        });
        tally.run(IN_THE_OTHER_TIER, || again::run(&machine, &Ground::Pro));
        tally.run("what is compatible with Clerk", compatibility::compare);
        tally.run("build what the tests ran on", build_as_tested);
        tally.run("generated files are up to date", codegen::compare);
    }
    if has(Suite::Web) {
        tally.run("web tests", || {
            process::run(process::npm(&paths::web()).arg("test"))
        });
    }
    if has(Suite::E2e) {
        if !has(Suite::Rust) {
            tally.run("build bailiwick", dev::build);
        }
        tally.run("browser tests", || e2e::run(&machine));
    }
    tally.finish("test")
}

/// The second run alone.
fn alone(name: &str, ground: &Ground) -> Result<()> {
    let machine = setup::ensure(&[setup::Part::Postgres, setup::Part::Pooler])?;
    let mut tally = Tally::default();
    tally.run(name, || again::run(&machine, ground));
    tally.finish("test")
}

/// The binary with the features that `cargo test --workspace` compiled everything with, or the
/// same crates would be compiled a second time.
fn build_as_tested() -> Result<()> {
    process::run(cargo("build").args(["--workspace", "--bin", "bailiwick", "--tests"]))
}

/// In CI the lock file is binding.
fn cargo(verb: &str) -> std::process::Command {
    let mut command = process::cargo();
    command
        .arg(verb)
        .args(environment::is_ci().then_some("--locked"));
    command
}
