//! The published SDKs that the tests use as clients, in pinned versions: packages of npm, and an
//! environment of Python's with packages whose hashes are known.

use crate::report::Failure;
use crate::{paths, process, report, stamp};
use anyhow::{Context, Result};
use std::fs;
use std::path::PathBuf;
use std::process::Command;

/// Makes sure of both.
pub fn ensure() -> Result<()> {
    javascript()?;
    python()
}

fn javascript() -> Result<()> {
    let folder = paths::root().join("sdk-tests/js");
    let inputs = ["package.json", "package-lock.json"].map(|name| folder.join(name));
    let key = stamp::key_of(&inputs)?;
    if stamp::is_current("sdks-js", &key) && folder.join("node_modules").is_dir() {
        report::ready("JavaScript SDKs", "up to date");
        return Ok(());
    }
    report::step("JavaScript SDKs: npm ci", || {
        process::run(process::npm(&folder).args(["ci", "--ignore-scripts"]))
    })?;
    stamp::set("sdks-js", &key)
}

fn python() -> Result<()> {
    let requirements = paths::root().join("sdk-tests/python/requirements.txt");
    let home = paths::tools().join("sdk-python");
    let key = stamp::key_of(std::slice::from_ref(&requirements))?;
    if stamp::is_current("sdks-python", &key) && home.join("bin/python").is_file() {
        report::ready("Python SDKs", "up to date");
        return Ok(());
    }
    report::step("Python SDKs: pip install", || install(&home, &requirements))?;
    stamp::set("sdks-python", &key)
}

fn install(home: &PathBuf, requirements: &PathBuf) -> Result<()> {
    if home.exists() {
        fs::remove_dir_all(home).with_context(|| format!("emptying {}", home.display()))?;
    }
    let way_out = "install Python 3.10 or newer with its module `venv`";
    process::run(Command::new("python3").args(["-m", "venv"]).arg(home))
        .map_err(|error| error.context(Failure::new("no environment of Python's", way_out)))?;
    process::run(
        Command::new(home.join("bin/python"))
            .args(["-m", "pip", "install", "--quiet", "--require-hashes"])
            .args(["--disable-pip-version-check", "-r"])
            .arg(requirements),
    )
}
