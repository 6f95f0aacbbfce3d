//! What the binary shows in a browser: the web interface and the API's reference page, each a
//! package of its own with its packages to install and its page to build.

use crate::{paths, process, report, stamp};
use anyhow::Result;
use std::fs;
use std::path::{Path, PathBuf};

/// One npm package with a page in it.
struct Page {
    /// For people, and with hyphens for stamps.
    name: &'static str,
    /// Its folder below the root.
    folder: &'static str,
    /// The first file of what it builds, below the root.
    built: &'static str,
}

const INTERFACE: Page = Page {
    name: "web",
    folder: "web",
    built: "web/dist/index.html",
};

const REFERENCE: Page = Page {
    name: "API reference",
    folder: "web/packages/api-docs",
    built: "web/dist-docs/index.html",
};

/// What the interface is made of beside its own folder's files.
const LIBRARIES: &[&str] = &["packages/react/src"];

/// What no page is made of: made files, and folders with another purpose.
const NO_INPUT: &[&str] = &[
    "node_modules",
    "dist",
    "dist-docs",
    "e2e",
    "packages",
    "test-results",
    "playwright-report",
    ".vite",
];

/// The packages of the web interface, which its tests need too.
pub fn ensure_packages() -> Result<()> {
    INTERFACE.ensure_packages()
}

/// Both pages, built from what is there now.
pub fn ensure_pages() -> Result<()> {
    for page in [INTERFACE, REFERENCE] {
        page.ensure_packages()?;
        page.ensure_built()?;
    }
    Ok(())
}

impl Page {
    fn folder(&self) -> PathBuf {
        paths::root().join(self.folder)
    }

    fn stamp(&self, step: &str) -> String {
        format!("{}-{step}", self.name.replace(' ', "-"))
    }

    /// `npm ci`, where the lock file says something else than what is installed.
    fn ensure_packages(&self) -> Result<()> {
        let (folder, stamp) = (self.folder(), self.stamp("packages"));
        let key = stamp::key_of(&[
            folder.join("package.json"),
            folder.join("package-lock.json"),
        ])?;
        if stamp::is_current(&stamp, &key) && folder.join("node_modules").is_dir() {
            report::ready(&format!("{} packages", self.name), "up to date");
            return Ok(());
        }
        report::step(&format!("{} packages: npm ci", self.name), || {
            // The tests' browser is a part of its own, with more than one source.
            process::run(
                process::npm(&folder)
                    .arg("ci")
                    .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"),
            )
        })?;
        stamp::set(&stamp, &key)
    }

    /// `npm run build`, where a source changed since the last one.
    fn ensure_built(&self) -> Result<()> {
        let (folder, stamp) = (self.folder(), self.stamp("page"));
        let key = stamp::key_of(&inputs(&folder))?;
        if stamp::is_current(&stamp, &key) && paths::root().join(self.built).is_file() {
            report::ready(&format!("{} page", self.name), "up to date");
            return Ok(());
        }
        report::step(&format!("{} page: npm run build", self.name), || {
            process::run(process::npm(&folder).args(["run", "build"]))
        })?;
        stamp::set(&stamp, &key)
    }
}

fn inputs(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    let mut inputs: Vec<_> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| !NO_INPUT.iter().any(|name| path.ends_with(name)))
        .collect();
    let libraries = LIBRARIES.iter().map(|name| folder.join(name));
    inputs.extend(libraries.filter(|path| path.is_dir()));
    inputs.sort();
    inputs
}
