//! What a person reads: steps with their time, failures with a way out. All of it on stderr, so
//! that stdout stays with the tools that we run.

use anyhow::Result;
use std::fmt;
use std::time::{Duration, Instant};

/// A failure that says what to do about it.
#[derive(Debug)]
pub struct Failure {
    what: String,
    way_out: String,
}

impl Failure {
    /// `what` went wrong, and the `way_out`, each one sentence or a few lines.
    pub fn new(what: impl Into<String>, way_out: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            way_out: way_out.into(),
        }
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}\n  way out: {}",
            self.what,
            self.way_out.replace('\n', "\n           ")
        )
    }
}

impl std::error::Error for Failure {}

/// Runs one named step, and says how long it took.
pub fn step<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    eprintln!("==> {name}");
    let start = Instant::now();
    let outcome = work();
    let time = seconds(start.elapsed());
    match &outcome {
        Ok(_) => eprintln!("    {name}: done in {time}"),
        Err(_) => eprintln!("    {name}: FAILED after {time}"),
    }
    outcome
}

/// A step that had nothing to do.
pub fn ready(name: &str, detail: &str) {
    eprintln!("    {name}: {detail}");
}

/// A line that needs no action but should be read.
pub fn note(text: &str) {
    eprintln!("    note: {text}");
}

/// The end of a run: the error and each cause below it.
pub fn error(error: &anyhow::Error) {
    eprintln!("\nerror: {error}");
    for cause in error.chain().skip(1) {
        eprintln!("  because: {cause}");
    }
}

/// Independent steps of which each runs, whatever became of the others.
#[derive(Default)]
pub struct Tally {
    rows: Vec<(String, Duration, Option<anyhow::Error>)>,
}

impl Tally {
    /// Runs the step and keeps its outcome for [`Tally::finish`].
    pub fn run(&mut self, name: &str, work: impl FnOnce() -> Result<()>) {
        let start = Instant::now();
        let outcome = step(name, work);
        if let Err(failure) = &outcome {
            error(failure);
        }
        self.rows
            .push((name.to_owned(), start.elapsed(), outcome.err()));
    }

    /// Prints one line a step. An error where one failed.
    pub fn finish(self, verb: &str) -> Result<()> {
        eprintln!("\n{verb}:");
        for (name, time, failure) in &self.rows {
            let mark = if failure.is_some() {
                "FAILED"
            } else {
                "ok    "
            };
            eprintln!("  {mark} {name} ({})", seconds(*time));
        }
        let failed: Vec<&str> = self
            .rows
            .iter()
            .filter(|(_, _, failure)| failure.is_some())
            .map(|(name, _, _)| name.as_str())
            .collect();
        if failed.is_empty() {
            return Ok(());
        }
        Err(anyhow::anyhow!(
            "{verb}: {} of {} failed: {}",
            failed.len(),
            self.rows.len(),
            failed.join(", ")
        ))
    }
}

fn seconds(time: Duration) -> String {
    match time.as_secs() {
        0..=99 => format!("{:.1} s", time.as_secs_f64()),
        whole => format!("{} min {:02} s", whole / 60, whole % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_step_does_not_stop_the_next_one_and_fails_the_whole() {
        let mut tally = Tally::default();
        let mut ran = false;
        tally.run("first", || Err(anyhow::anyhow!("broken")));
        tally.run("second", || {
            ran = true;
            Ok(())
        });
        let error = tally.finish("check").unwrap_err();
        assert!(ran);
        assert_eq!(error.to_string(), "check: 1 of 2 failed: first");
    }

    #[test]
    fn a_failure_names_its_way_out() {
        let failure = Failure::new("npm is missing", "install Node 20 or newer");
        assert_eq!(
            failure.to_string(),
            "npm is missing\n  way out: install Node 20 or newer"
        );
    }

    #[test]
    fn long_times_are_told_in_minutes() {
        assert_eq!(seconds(Duration::from_millis(1_240)), "1.2 s");
        assert_eq!(seconds(Duration::from_secs(125)), "2 min 05 s");
    }
}
