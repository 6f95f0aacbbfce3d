//! A published npm package as a pinned download: fetched by npm, checked against the SHA-512 that
//! stands in our sources, unpacked without running any script of it.

use crate::report::Failure;
use crate::{paths, process};
use anyhow::{Context, Result};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// One version of one package.
pub struct NpmPackage {
    /// `name@version`.
    pub spec: &'static str,
    /// `sha512-<base64>` of the tarball, as the registry states it.
    pub integrity: &'static str,
}

const HASH_PROGRAM: &str = "const c=require('crypto'),f=require('fs');\
    process.stdout.write('sha512-'+c.createHash('sha512').update(f.readFileSync(process.argv[1])).digest('base64'))";

/// An unpacked package in a folder of its own, which goes when this is dropped.
pub struct Unpacked {
    folder: PathBuf,
}

impl Unpacked {
    /// The package's content.
    pub fn content(&self) -> PathBuf {
        self.folder.join("package")
    }
}

impl Drop for Unpacked {
    fn drop(&mut self) {
        if let Err(error) = fs::remove_dir_all(&self.folder) {
            crate::report::note(&format!(
                "could not remove {}: {error}",
                self.folder.display()
            ));
        }
    }
}

impl NpmPackage {
    /// Fetches, checks and unpacks it below `.tools`.
    pub fn fetch(&self) -> Result<Unpacked> {
        let name: String = self
            .spec
            .chars()
            .map(|c| if c.is_alphanumeric() { c } else { '-' })
            .collect();
        let folder = paths::tools().join("tmp").join(name);
        if folder.exists() {
            fs::remove_dir_all(&folder)
                .with_context(|| format!("emptying {}", folder.display()))?;
        }
        fs::create_dir_all(&folder).with_context(|| format!("creating {}", folder.display()))?;
        let unpacked = Unpacked { folder };
        let tarball = self.download(&unpacked.folder)?;
        self.check(&tarball)?;
        process::output(
            Command::new("tar")
                .args(["-xzf"])
                .arg(&tarball)
                .arg("-C")
                .arg(&unpacked.folder)
                .args(["--no-same-owner"]),
        )?;
        Ok(unpacked)
    }

    fn download(&self, folder: &Path) -> Result<PathBuf> {
        process::output(process::npm(folder).args(["pack", "--ignore-scripts", self.spec]))
            .map_err(|error| {
                error.context(Failure::new(
                    format!("npm could not fetch {}", self.spec),
                    "check the network, or npm's registry and proxy settings (`npm config list`)",
                ))
            })?;
        fs::read_dir(folder)?
            .filter_map(|entry| entry.ok().map(|entry| entry.path()))
            .find(|file| file.extension().is_some_and(|extension| extension == "tgz"))
            .with_context(|| format!("npm pack {} wrote no tarball", self.spec))
    }

    fn check(&self, tarball: &Path) -> Result<()> {
        let found = process::output(Command::new("node").args(["-e", HASH_PROGRAM]).arg(tarball))?;
        if found == self.integrity {
            return Ok(());
        }
        Err(Failure::new(
            format!(
                "{} is not the file we know: {found}, expected {}",
                self.spec, self.integrity
            ),
            "something between here and the registry changes packages; do not use it",
        )
        .into())
    }
}
