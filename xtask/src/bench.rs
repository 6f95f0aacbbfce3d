//! `cargo xtask bench`: measures the product as it is built for production.
//!
//! The measuring itself is a program of its own (crates/bench), so that this one stays quick to
//! build. Here are the builds that it needs and where its results go.

use crate::{dev, paths, process, report, setup};
use anyhow::Result;
use clap::ValueEnum;
use std::process::Command;

/// Where results are kept, for who compares.
const RESULTS: &str = "bench/results";

#[derive(clap::Args)]
#[command(after_help = "Examples:
  cargo xtask bench                     all of it: about ten minutes after the build
  cargo xtask bench http --quick        a look at the requests a second
  cargo xtask bench idp                 session tokens at the identity provider
  cargo xtask bench sync                what a sweep leaves after 20,000 events and every fault
  cargo xtask bench fleet -- --tenants 500
  cargo xtask bench moves               tenants of a million rows that move under load: half an hour
  cargo xtask bench move-kills          moves that are killed 520 times at random moments
  cargo xtask bench tiers               starter beside pro at 1, 100 and 1,000 tenants: ten minutes
  cargo xtask bench policy              a decision, beside other engines
  cargo xtask bench --save              and write bench/results/<name>.md
  cargo xtask bench http -- --pool 8    with another pool; `-- --help` lists what may follow")]
pub struct Args {
    /// What to measure
    #[arg(value_enum, default_value = "all")]
    which: Which,
    /// Short rounds: for a look, not for a record
    #[arg(long)]
    quick: bool,
    /// Write the results to bench/results
    #[arg(long)]
    save: bool,
    /// Passed on to the program that measures
    #[arg(last = true)]
    args: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Which {
    /// Requests a second over HTTP, beside pgbench with the same transaction
    Http,
    /// Memory of the server at rest
    Memory,
    /// `bailiwick dev` until it is ready
    Startup,
    /// Session tokens and signs of life a second, at the identity provider
    Idp,
    /// From the provider's word to the refusal, on two servers
    Revocation,
    /// 20,000 events of which much is lost, and what a sweep leaves
    Sync,
    /// A write over HTTP with its fact in the audit, beside the same without
    Audit,
    /// Ten thousand tenants with a schema each: half an hour, 10 GB of disk; never part of `all`
    Fleet,
    /// Tenants that move under load; never part of `all`
    Moves,
    /// Moves that are killed at random moments; never part of `all`
    MoveKills,
    /// The same work in both tiers over HTTP and at the store, beside pgbench, and over a link of
    /// 1 ms: ten minutes; never part of `all`
    Tiers,
    /// What a decision costs, beside cedar-policy and casbin; never part of `all`
    Policy,
    /// All of them
    All,
}

impl Which {
    fn name(self) -> &'static str {
        match self {
            Self::Http => "http",
            Self::Memory => "memory",
            Self::Startup => "startup",
            Self::Idp => "idp",
            Self::Revocation => "revocation",
            Self::Sync => "sync",
            Self::Audit => "audit",
            Self::Fleet => "fleet",
            Self::Moves => "moves",
            Self::MoveKills => "move-kills",
            Self::Tiers => "tiers",
            Self::Policy => "policy",
            Self::All => "all",
        }
    }
}

/// The verb.
pub fn run(args: &Args) -> Result<()> {
    let machine = setup::ensure(setup::TO_RUN)?;
    if args.which == Which::Policy {
        return policy(args.save, &machine);
    }
    report::step("build bailiwick and its benches (release)", || {
        process::run(process::cargo().args([
            "build",
            "--release",
            "--package",
            "bailiwick",
            "--package",
            "bailiwick-bench",
        ]))
    })?;
    let release = paths::target().join("release");
    let mut bench = Command::new(release.join("bailiwick-bench"));
    bench
        .current_dir(paths::root())
        .arg(args.which.name())
        .arg("--binary")
        .arg(release.join("bailiwick"))
        .envs(machine.variables());
    if matches!(args.which, Which::Startup | Which::All) {
        report::step("build bailiwick (debug)", || {
            process::run(process::cargo().args(["build", "--package", "bailiwick"]))
        })?;
        let debug = dev::binary();
        bench.arg("--debug-binary").arg(debug);
    }
    if args.quick {
        bench.arg("--quick");
    }
    if args.save {
        bench.arg("--save").arg(paths::root().join(RESULTS));
    }
    bench.args(&args.args);
    report::step("measure", || process::run(&mut bench))
}

/// The engines beside which a decision is measured are nothing that the product is built with: they
/// stand in a workspace of their own, with its own lock file.
#[expect(clippy::print_stdout, reason = "the result of a measurement")]
fn policy(save: bool, machine: &setup::Machine) -> Result<()> {
    let manifest = paths::root().join("bench/policy/Cargo.toml");
    let mut cargo = process::cargo();
    cargo
        .args(["run", "--release", "--locked", "--manifest-path"])
        .arg(manifest)
        .arg("--target-dir")
        .arg(paths::target().join("policy-bench"))
        .envs(machine.variables());
    let text = report::step("build and measure", || process::output(&mut cargo))?;
    println!("{text}");
    if save {
        std::fs::write(paths::root().join(RESULTS).join("policy.md"), text)?;
    }
    Ok(())
}
