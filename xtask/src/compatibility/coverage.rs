//! What the tests exercised: lines that their processes left behind.

use crate::paths;
use anyhow::{Context, Result};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;

/// Who has to do with an operation, by interface and operation.
type Callers = BTreeMap<(String, String), BTreeSet<String>>;

/// Who got a valid success of an operation, and which SDKs have methods for it.
#[derive(Default)]
pub struct Coverage {
    called: Callers,
    offered: Callers,
}

/// The SDKs that the tests run.
const SDKS: [&str; 2] = ["javascript", "python"];

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
            let [interface, operation, status, how] = fields[..] else {
                continue;
            };
            let callers = match status {
                "offered" => &mut self.offered,
                status if is_success(status) => &mut self.called,
                _ => continue,
            };
            let key = (interface.to_owned(), operation.to_owned());
            callers.entry(key).or_default().insert(how.to_owned());
        }
    }

    pub fn is_empty(&self) -> bool {
        self.called.is_empty()
    }

    /// Who got a valid success of the operation.
    pub fn of(&self, interface: &str, operation: &str) -> Option<&BTreeSet<String>> {
        self.called
            .get(&(interface.to_owned(), operation.to_owned()))
    }

    /// The SDKs of which no run has said what they have methods for.
    pub fn silent(&self) -> Vec<&'static str> {
        let offers = |sdk: &str| self.offered.values().any(|sdks| sdks.contains(sdk));
        SDKS.into_iter().filter(|sdk| !offers(sdk)).collect()
    }

    /// The SDKs that have a method for an operation, and did not get a valid success of it.
    pub fn uncalled(&self, interface: &str, operation: &str) -> Vec<&str> {
        let key = (interface.to_owned(), operation.to_owned());
        let called = self.called.get(&key);
        let has_called = |sdk: &String| called.is_some_and(|called| called.contains(sdk));
        let offering = self.offered.get(&key).into_iter().flatten();
        offering
            .filter(|sdk| !has_called(sdk))
            .map(String::as_str)
            .collect()
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
        coverage.add("fapi\tgetClient\t200\tdirect\nfapi\tverify\t303\tdirect\nbapi\tGetUser\t404\tpython\nbapi\tBanUser\t20");
        assert!(coverage.of("fapi", "getClient").is_some());
        assert!(coverage.of("fapi", "verify").is_some());
        assert!(coverage.of("bapi", "GetUser").is_none());
        assert!(coverage.of("bapi", "BanUser").is_none());
    }

    #[test]
    fn an_sdk_that_has_a_method_must_have_called_it() {
        let mut coverage = Coverage::default();
        coverage.add("bapi\tGetUser\toffered\tpython\nbapi\tGetUser\toffered\tjavascript\n");
        assert!(coverage.is_empty() && coverage.silent().is_empty());
        coverage.add("bapi\tGetUser\t200\tdirect\nbapi\tGetUser\t200\tpython\n");
        assert_eq!(coverage.uncalled("bapi", "GetUser"), ["javascript"]);
        coverage.add("bapi\tGetUser\t200\tjavascript\n");
        assert!(coverage.uncalled("bapi", "GetUser").is_empty());
        assert!(coverage.uncalled("bapi", "BanUser").is_empty());
    }

    #[test]
    fn an_sdk_that_did_not_run_is_named() {
        let mut coverage = Coverage::default();
        coverage.add("bapi\tGetUser\toffered\tjavascript\n");
        assert_eq!(coverage.silent(), ["python"]);
    }
}
