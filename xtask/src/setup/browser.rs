//! A Chromium for the browser tests, from the nearest place that has one.

use super::apt;
use crate::report::Failure;
use crate::{environment, paths, process, report};
use anyhow::Result;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// Names a Chromium or Chrome for the tests; a person may set it too.
const VARIABLE: &str = "CHROMIUM_PATH";

/// Names under which systems install it.
const NAMES: &[&str] = &[
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
];

/// Where macOS keeps it.
const APPLICATIONS: &[&str] = &[
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
];

/// A download of 150 MB on a slow line; a machine without internet fails much sooner.
const DOWNLOAD_LIMIT: Duration = Duration::from_secs(240);
/// A browser says its version at once, or it is no browser that tests should wait for.
const VERSION_LIMIT: Duration = Duration::from_secs(20);

/// The browser that the tests drive.
pub enum Browser {
    /// The one that Playwright fetched and finds by itself.
    OfPlaywright,
    /// An installed one, by its path.
    Installed(PathBuf),
}

impl Browser {
    /// The environment variable that tells the tests of an installed one.
    pub fn variable(&self) -> Option<(&'static str, PathBuf)> {
        match self {
            Self::OfPlaywright => None,
            Self::Installed(path) => Some((VARIABLE, path.clone())),
        }
    }
}

/// Finds one, or installs one: named by hand, Playwright's own, the system's, a download of
/// Playwright's, the package manager.
pub fn ensure() -> Result<Browser> {
    if let Some(named) = environment::variable(VARIABLE) {
        if runs(Path::new(&named)) {
            return found(Browser::Installed(named.into()));
        }
        let what = format!("{VARIABLE}={named} is not a browser that runs");
        return Err(Failure::new(
            what,
            "correct it, or unset it and let this command find one",
        )
        .into());
    }
    if playwrights_runs() {
        return found(Browser::OfPlaywright);
    }
    if let Some(path) = installed() {
        return found(Browser::Installed(path));
    }
    if let Err(error) = report::step("browser: Playwright's Chromium", download) {
        report::note(&format!("not fetched: {error}"));
    } else if playwrights_runs() {
        return found(Browser::OfPlaywright);
    }
    if let Err(error) = apt::install("browser", "chromium") {
        report::note(&format!("not installed: {error}"));
    }
    match installed() {
        Some(path) => found(Browser::Installed(path)),
        None => Err(Failure::new(
            "there is no Chromium for the browser tests, and none could be fetched",
            "install `chromium` or Google Chrome with your system's packages,\n\
             or set CHROMIUM_PATH to one, or leave these tests out: cargo xtask test --skip-e2e",
        )
        .into()),
    }
}

fn found(browser: Browser) -> Result<Browser> {
    let detail = match &browser {
        Browser::OfPlaywright => "Playwright's Chromium".to_owned(),
        Browser::Installed(path) => path.display().to_string(),
    };
    report::ready("browser", &detail);
    Ok(browser)
}

fn installed() -> Option<PathBuf> {
    let on_path = NAMES
        .iter()
        .filter_map(|name| environment::find_on_path(name));
    let applications = APPLICATIONS.iter().map(PathBuf::from);
    on_path
        .chain(applications)
        .find(|path| !is_confined(path) && runs(path))
}

/// A snap sees neither `/tmp` nor hidden folders of ours, so the tests cannot hand it a profile.
fn is_confined(path: &Path) -> bool {
    path.starts_with("/snap")
        || path
            .canonicalize()
            .is_ok_and(|real| real.ends_with("usr/bin/snap"))
}

/// A browser whose libraries are missing is there, and does not even tell its version.
fn runs(path: &Path) -> bool {
    let mut command = Command::new(path);
    command
        .arg("--version")
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    environment::is_executable(path) && process::run_within(&mut command, VERSION_LIMIT).is_ok()
}

/// Asks the very Playwright that the tests use where its own browser is.
fn playwrights_runs() -> bool {
    let program = "process.stdout.write(require('@playwright/test').chromium.executablePath())";
    let mut ask = Command::new("node");
    ask.current_dir(paths::web()).args(["-e", program]);
    process::output(&mut ask).is_ok_and(|path| runs(Path::new(&path)))
}

/// Without npm in between, so that the limit stops the very process that downloads.
fn download() -> Result<()> {
    let mut command = Command::new("node");
    command.current_dir(paths::web()).stdin(Stdio::null());
    command.args([
        "node_modules/@playwright/test/cli.js",
        "install",
        "chromium",
    ]);
    process::run_within(&mut command, DOWNLOAD_LIMIT)
}
