//! `cargo xtask ci`: what CI runs, on a laptop.

use crate::{check, test};
use anyhow::Result;

/// Checks, then tests; the tests do not run where the checks fail.
pub fn run() -> Result<()> {
    check::run(&check::Args::default())?;
    test::run(&test::Args::default())
}
