//! Clerk's browser scripts, unmodified, for the development server to hand out at
//! `/__clerk/npm/…`. Only the files of the plain browser build are kept: a tenth of the packages.

use super::npm_package::NpmPackage;
use crate::{paths, report, stamp};
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::Path;

struct Script {
    package: NpmPackage,
    /// Folder below `.tools/clerk`.
    folder: &'static str,
    /// The file that the page loads.
    entry: &'static str,
    /// What the names of its lazily loaded parts contain; the hash is that of the browser build.
    parts: &'static str,
}

const SCRIPTS: &[Script] = &[
    Script {
        package: NpmPackage {
            spec: "@clerk/clerk-js@6.34.1",
            integrity: "sha512-PcM/x9lzmDU5bQ8jaJjkWYncJbAYL5hlxHG3jkO4SLG39apLqfBuFCaRw27ptIkwRCTJnY+a6Nvml3gk8G1CZA==",
        },
        folder: "clerk-js",
        entry: "clerk.browser.js",
        parts: "_clerk.browser_c4cc57_",
    },
    Script {
        package: NpmPackage {
            spec: "@clerk/ui@1.34.0",
            integrity: "sha512-EP6Wcf+iqV5hJRMjfmVSOb7wWEgt2DuUOnR3Yv/ULPdmGgGWa64oc4tB4VfD66z8nXgtXqHEXNNnGURAOfQ7vQ==",
        },
        folder: "ui",
        entry: "ui.browser.js",
        parts: "_ui_de828c_",
    },
];

/// Fetches what is not there in the pinned version.
pub fn ensure() -> Result<()> {
    for script in SCRIPTS {
        let (spec, step) = (script.package.spec, format!("clerk-{}", script.folder));
        let home = paths::tools().join("clerk").join(script.folder);
        let key = format!("{spec} {}", script.package.integrity);
        if stamp::is_current(&step, &key) && home.join("dist").join(script.entry).is_file() {
            report::ready("Clerk's scripts", &format!("{spec} is there"));
            continue;
        }
        report::step(&format!("fetch {spec}"), || script.install(&home))?;
        stamp::set(&step, &key)?;
    }
    Ok(())
}

impl Script {
    fn install(&self, home: &Path) -> Result<()> {
        let unpacked = self.package.fetch()?;
        if home.exists() {
            fs::remove_dir_all(home).with_context(|| format!("emptying {}", home.display()))?;
        }
        fs::create_dir_all(home.join("dist"))
            .with_context(|| format!("creating {}", home.display()))?;
        fs::copy(unpacked.content().join("LICENSE"), home.join("LICENSE"))
            .context("copying the licence")?;
        let mut parts = 0;
        for entry in fs::read_dir(unpacked.content().join("dist"))? {
            let name = entry?.file_name();
            let Some(text) = name.to_str().filter(|name| self.is_needed(name)) else {
                continue;
            };
            let from = unpacked.content().join("dist").join(text);
            fs::copy(&from, home.join("dist").join(text))
                .with_context(|| format!("copying {text}"))?;
            parts += usize::from(text != self.entry);
        }
        if parts == 0 || !home.join("dist").join(self.entry).is_file() {
            bail!(
                "{} has no {} with parts named *{}*",
                self.package.spec,
                self.entry,
                self.parts
            );
        }
        Ok(())
    }

    fn is_needed(&self, name: &str) -> bool {
        name == self.entry || (name.contains(self.parts) && name.ends_with(".js"))
    }
}

#[cfg(test)]
mod tests {
    use super::SCRIPTS;

    #[test]
    fn only_the_browser_build_is_kept() {
        let [clerk, ui] = SCRIPTS else {
            panic!("two scripts")
        };
        assert!(clerk.is_needed("clerk.browser.js"));
        assert!(clerk.is_needed("321_clerk.browser_c4cc57_6.34.1.js"));
        assert!(!clerk.is_needed("321_clerk.legacy.browser_f9033c_6.34.1.js"));
        assert!(ui.is_needed("framework_ui_de828c_1.34.0.js"));
        assert!(!ui.is_needed("framework_ui_ae6e8a_1.34.0.js"));
        assert!(!ui.is_needed("ui.legacy.browser.js"));
    }
}
