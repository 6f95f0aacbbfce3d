//! The web interface: its packages, and the built page that the binary embeds.

use crate::{paths, process, report, stamp};
use anyhow::Result;

/// `npm ci`, where the lock file says something else than what is installed.
pub fn ensure_packages() -> Result<()> {
    let web = paths::web();
    let key = stamp::key_of(&[web.join("package.json"), web.join("package-lock.json")])?;
    if stamp::is_current("web-packages", &key) && web.join("node_modules").is_dir() {
        report::ready("web packages", "up to date");
        return Ok(());
    }
    report::step("web packages: npm ci", || {
        // The tests' browser is a part of its own, with more than one source.
        process::run(
            process::npm(&web)
                .arg("ci")
                .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1"),
        )
    })?;
    stamp::set("web-packages", &key)
}

/// `npm run build`, where a source changed since the last one.
pub fn ensure_page() -> Result<()> {
    let web = paths::web();
    let key = stamp::key_of(&inputs(&web))?;
    if stamp::is_current("web-page", &key) && web.join("dist/index.html").is_file() {
        report::ready("web page", "up to date");
        return Ok(());
    }
    report::step("web page: npm run build", || {
        process::run(process::npm(&web).args(["run", "build"]))
    })?;
    stamp::set("web-page", &key)
}

/// Everything of web/ but the browser tests, which no page is made of.
fn inputs(web: &std::path::Path) -> Vec<std::path::PathBuf> {
    let Ok(entries) = std::fs::read_dir(web) else {
        return Vec::new();
    };
    let mut inputs: Vec<_> = entries
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| {
            !["e2e", "node_modules", "dist"]
                .iter()
                .any(|name| path.ends_with(name))
        })
        .collect();
    inputs.sort();
    inputs
}
