//! `cargo xtask check`: everything that can be said about the sources without running them.

mod edges;
mod licences;
mod links;
mod modules;
mod npm_lock;
mod sizes;
mod sources;
mod words;

use crate::report::Tally;
use crate::{environment, paths, process, setup};
use anyhow::Result;
use clap::ValueEnum;

#[derive(clap::Args, Default)]
#[command(after_help = "Examples:
  cargo xtask check                    all of it, as CI does
  cargo xtask check --only structure   crate edges, file sizes, words, module docs, links
  cargo xtask check --only format clippy")]
pub struct Args {
    /// Only these checks
    #[arg(long, value_enum, num_args = 1..)]
    only: Vec<Kind>,
}

/// The kinds, cheap ones first.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Kind {
    /// rustfmt
    Format,
    /// Crate edges, file sizes, words, module docs, lock file, links
    Structure,
    /// cargo-deny, where it is installed
    Licences,
    /// Types, lint and unit tests of web/
    Web,
    /// Clippy over all targets
    Clippy,
}

/// The verb. Every check runs, also after another one failed.
pub fn run(args: &Args) -> Result<()> {
    let has = |kind| args.only.is_empty() || args.only.contains(&kind);
    let mut tally = Tally::default();
    if has(Kind::Format) {
        tally.run("format", || {
            process::run(process::cargo().args(["fmt", "--all", "--check"]))
        });
    }
    if has(Kind::Structure) {
        tally.run("crate edges", edges::check);
        let sources = sources::list()?;
        tally.run("file sizes", || sizes::check(&sources));
        tally.run("words", || words::check(&sources));
        tally.run("module docs", || modules::check(&sources));
        tally.run("web lock file", || npm_lock::check(&sources));
        tally.run("links in documents", || links::check(&sources));
    }
    if has(Kind::Licences) {
        tally.run("licences, bans, sources", licences::check);
    }
    if has(Kind::Web) || has(Kind::Clippy) {
        // Clippy compiles crates that embed the pages and Clerk's scripts.
        let parts = &[setup::Part::Web, setup::Part::Clerk];
        tally.run("pages and scripts to embed", || {
            setup::ensure(parts).map(drop)
        });
    }
    if has(Kind::Web) {
        tally.run("web", || {
            process::run(process::npm(&paths::web()).args(["run", "check"]))
        });
    }
    if has(Kind::Clippy) {
        tally.run("clippy", clippy);
    }
    tally.finish("check")
}

fn clippy() -> Result<()> {
    let locked = environment::is_ci().then_some("--locked");
    process::run(
        process::cargo()
            .args(["clippy", "--workspace", "--all-targets"])
            .args(locked)
            .args(["--", "-D", "warnings"]),
    )
}
