//! What the tests exercised: lines that their processes left behind.

use crate::paths;
use anyhow::{Context, Result};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

/// By interface and operation, who got a valid success of it.
#[derive(Default)]
pub struct Coverage(BTreeMap<(String, String), BTreeSet<String>>);

fn folder() -> PathBuf {
    paths::target().join("tmp/clerk-coverage")
}

/// Removes what earlier runs left.
pub fn forget() -> Result<()> {
    if folder().exists() {
        fs::remove_dir_all(folder()).context("removing the record of earlier test runs")?;
    }
    Ok(())
}

impl Coverage {
    /// Everything that is there.
    pub fn read() -> Result<Self> {
        let mut coverage = Self::default();
        let Ok(entries) = fs::read_dir(folder()) else {
            return Ok(coverage);
        };
        for entry in entries {
            let file = entry.context("reading the record of a test run")?.path();
            let text = fs::read_to_string(&file).with_context(|| paths::shown(&file))?;
            coverage.add(&text);
        }
        Ok(coverage)
    }

    /// A line that a process died in the middle of has too few fields, and says nothing.
    fn add(&mut self, text: &str) {
        for line in text.lines() {
            let fields: Vec<&str> = line.split('\t').collect();
            if let [interface, operation, status, how] = fields[..]
                && is_success(status)
            {
                let key = (interface.to_owned(), operation.to_owned());
                self.0.entry(key).or_default().insert(how.to_owned());
            }
        }
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Who got a valid success of the operation.
    pub fn of(&self, interface: &str, operation: &str) -> Option<&BTreeSet<String>> {
        self.0.get(&(interface.to_owned(), operation.to_owned()))
    }
}

/// An event has no status; it was sent.
fn is_success(status: &str) -> bool {
    status == "sent" || status.starts_with('2') || status.starts_with('3')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_whole_lines_of_successes_count() {
        let mut coverage = Coverage::default();
        coverage.add("fapi\tgetClient\t200\tdirect\nfapi\tverify\t303\tsdk\nbapi\tGetUser\t404\tsdk\nbapi\tBanUser\t20");
        assert!(coverage.of("fapi", "getClient").is_some());
        assert!(coverage.of("fapi", "verify").is_some());
        assert!(coverage.of("bapi", "GetUser").is_none());
        assert!(coverage.of("bapi", "BanUser").is_none());
    }
}
