//! `docs/clerk-compatibility.md`: which of Clerk's operations are offered, generated from what the
//! tests exercised. Nobody can claim an operation in it: *yes* is a valid answer in a test run.

pub mod components;
mod coverage;
mod operations;
mod reasons;
mod table;

use crate::report::Failure;
use crate::{paths, report};
use anyhow::{Context, Result};
use std::fs;
use std::path::PathBuf;

use coverage::Coverage;
use reasons::Reasons;

const WAY_OUT: &str = "run `cargo xtask test --only rust` and `cargo xtask gen clerk-compat`, and commit the difference";

/// Writes the document from what the last test run exercised.
pub fn write() -> Result<()> {
    let Some(text) = text()? else {
        return Err(Failure::new(
            "no test run has left a record of what it exercised",
            "run `cargo xtask test --only rust` where Clerk's documents are beside the repository",
        )
        .into());
    };
    fs::write(document(), text).context("writing the document of what is compatible")?;
    report::ready("written", &paths::shown(&document()));
    Ok(())
}

/// Fails where the committed document is not what the last test run exercised. Without Clerk's
/// documents nothing is validated, so nothing can be compared.
pub fn compare() -> Result<()> {
    let Some(text) = text()? else {
        report::note("not compared: no answer was validated, Clerk's documents are not there");
        return Ok(());
    };
    let committed = fs::read_to_string(document()).unwrap_or_default();
    if text == committed {
        return Ok(());
    }
    let differences: Vec<&str> = committed
        .lines()
        .filter(|line| line.starts_with('|') && !text.contains(line))
        .collect();
    let what = format!(
        "{} is not what the tests exercised:\n{}",
        paths::shown(&document()),
        differences.join("\n")
    );
    Err(Failure::new(what, WAY_OUT).into())
}

/// Forgets what earlier runs exercised.
pub fn forget() -> Result<()> {
    coverage::forget()
}

fn document() -> PathBuf {
    paths::root().join("docs/clerk-compatibility.md")
}

/// The document, or `None` where no run left anything.
fn text() -> Result<Option<String>> {
    let coverage = Coverage::read()?;
    if coverage.is_empty() {
        return Ok(None);
    }
    let operations = operations::list()?;
    let reasons = Reasons::read()?;
    reasons.check(&operations, &coverage)?;
    let components = components::read()?;
    Ok(Some(table::render(
        &operations,
        &coverage,
        &components,
        &reasons,
    )))
}
