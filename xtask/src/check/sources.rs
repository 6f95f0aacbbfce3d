//! The files of the repository: what git tracks or would track.

use crate::{paths, process};
use anyhow::Result;
use std::path::PathBuf;
use std::process::Command;

/// One text file.
pub struct Source {
    /// Relative to the root, with `/`.
    pub name: String,
    /// Its content.
    pub text: String,
}

impl Source {
    /// True for what a tool writes: held to no rule of ours.
    pub fn is_generated(&self) -> bool {
        let name = self.name.as_str();
        name.contains(".gen.")
            || name.contains("__generated__")
            || [".lock", "package-lock.json", ".snap", "openapi.json"]
                .iter()
                .any(|end| name.ends_with(end))
    }

    /// True where the name ends with one of these.
    pub fn has_extension(&self, extensions: &[&str]) -> bool {
        self.name
            .rsplit_once('.')
            .is_some_and(|(_, extension)| extensions.contains(&extension))
    }
}

/// All text files, tracked or not yet; what is no text or gone from disk is left out.
pub fn list() -> Result<Vec<Source>> {
    let mut git = Command::new("git");
    git.current_dir(paths::root());
    git.args([
        "ls-files",
        "-z",
        "--cached",
        "--others",
        "--exclude-standard",
    ]);
    let names = process::output(&mut git)?;
    let mut sources = Vec::new();
    for name in names.split('\0').filter(|name| !name.is_empty()) {
        let path: PathBuf = paths::root().join(name);
        if path.is_file()
            && let Ok(text) = std::fs::read_to_string(&path)
        {
            sources.push(Source {
                name: name.to_owned(),
                text,
            });
        }
    }
    Ok(sources)
}

/// Fails with one line a finding.
pub fn refuse(findings: &[String], rule: &str) -> Result<()> {
    if findings.is_empty() {
        return Ok(());
    }
    anyhow::bail!("{rule}:\n    {}", findings.join("\n    "))
}
