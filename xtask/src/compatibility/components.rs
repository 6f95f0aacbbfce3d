//! Which operations of the Frontend API Clerk's components ask for, kept in the repository: the
//! browser tests note what was answered, and a test of the provider compares it with Clerk's
//! documents and lists the operations.

use crate::paths;
use crate::process;
use crate::report::{self, Failure};
use anyhow::{Context, Result};
use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

/// The test that reads the notes.
const TEST: &str = "conformance::browsers::what_browsers_were_answered_is_as_documented";

/// Their ids.
#[derive(Default)]
pub struct Components(BTreeSet<String>);

impl Components {
    /// Whether a component asks for the operation.
    pub fn asked(&self, operation: &str) -> bool {
        self.0.contains(operation)
    }

    fn of(text: &str) -> Self {
        Self(text.lines().map(str::to_owned).collect())
    }

    fn but<'a>(&'a self, others: &'a Self) -> Vec<&'a str> {
        self.0.difference(&others.0).map(String::as_str).collect()
    }
}

fn kept() -> PathBuf {
    paths::root().join("crates/idp/compatibility/components.txt")
}

fn seen() -> PathBuf {
    paths::target().join("tmp/clerk-components.txt")
}

/// Forgets the last run; answers the file in which the browser tests are to note answers.
pub fn forget() -> Result<PathBuf> {
    let folder = paths::target().join("tmp");
    fs::create_dir_all(&folder).context("creating the folder of notes")?;
    if seen().exists() {
        fs::remove_file(seen()).context("forgetting what components asked for")?;
    }
    let answers = folder.join("clerk-answers.ndjson");
    fs::write(&answers, "").context("emptying the notes of the browser tests")?;
    Ok(answers)
}

/// What the repository keeps.
pub fn read() -> Result<Components> {
    let text = fs::read_to_string(kept()).context("reading what components ask for")?;
    Ok(Components::of(&text))
}

/// Keeps what the last run of the browser tests saw.
pub fn write() -> Result<()> {
    fs::write(kept(), seen_text()?).context("writing what components ask for")?;
    report::ready("written", &paths::shown(&kept()));
    Ok(())
}

/// Compares what the browser tests noted with Clerk's documents, and with what is kept.
pub fn check() -> Result<()> {
    let mut test = process::cargo();
    test.args(["test", "--workspace", "--test", "it", "--"]);
    process::run(test.args(["--ignored", "--exact", "--nocapture", TEST]))?;
    compare()
}

/// Fails where components did not ask for everything that is kept of them. What else they ask for
/// depends on the instant at times: it is told.
pub fn compare() -> Result<()> {
    let (kept, seen) = (read()?, Components::of(&seen_text()?));
    let way_out =
        "run `cargo xtask gen clerk-components` after the browser tests, and commit the difference";
    let more = seen.but(&kept);
    if !more.is_empty() {
        report::note(&format!(
            "components also ask for {}: {way_out}",
            more.join(", ")
        ));
    }
    match kept.but(&seen).as_slice() {
        [] => Ok(()),
        missing => {
            let what = format!("no component asked for {}", missing.join(", "));
            Err(Failure::new(what, way_out).into())
        }
    }
}

fn seen_text() -> Result<String> {
    fs::read_to_string(seen()).map_err(|_| {
        let what = "no run of the browser tests has told what components ask for";
        Failure::new(what, "run `cargo xtask test --only e2e`").into()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_and_what_is_more_are_told_apart() {
        let (kept, seen) = (Components::of("a\nb\n"), Components::of("b\nc\n"));
        assert_eq!(kept.but(&seen), ["a"]);
        assert_eq!(seen.but(&kept), ["c"]);
        assert!(kept.asked("a") && !kept.asked("c"));
    }
}
