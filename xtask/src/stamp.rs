//! Stamps: what a step was last done for, so that it is not done twice.

use crate::paths;
use anyhow::{Context, Result};
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

/// Names that are made by the build and never part of its input.
const MADE: &[&str] = &[
    "node_modules",
    "dist",
    ".vite",
    "test-results",
    "playwright-report",
];

/// True where the step was finished for exactly this key.
pub fn is_current(step: &str, key: &str) -> bool {
    fs::read_to_string(file(step)).is_ok_and(|done| done == key)
}

/// Records that the step is finished for the key.
pub fn set(step: &str, key: &str) -> Result<()> {
    let file = file(step);
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder).with_context(|| format!("creating {}", folder.display()))?;
    }
    fs::write(&file, key).with_context(|| format!("writing {}", file.display()))
}

/// A key over the content of files and folders; what is absent counts as absent.
///
/// Detects change, not malice: downloads are checked by their SHA-512 instead.
pub fn key_of(inputs: &[PathBuf]) -> Result<String> {
    let mut hasher = DefaultHasher::new();
    for input in inputs {
        hash_path(input, &mut hasher)?;
    }
    Ok(format!("{:016x}", hasher.finish()))
}

fn hash_path(path: &Path, hasher: &mut DefaultHasher) -> Result<()> {
    path.file_name().hash(hasher);
    if path.is_dir() {
        for entry in sorted(path)? {
            let is_made = entry
                .file_name()
                .is_some_and(|name| MADE.iter().any(|made| name == *made));
            if !is_made {
                hash_path(&entry, hasher)?;
            }
        }
    } else if path.exists() {
        fs::read(path)
            .with_context(|| format!("reading {}", path.display()))?
            .hash(hasher);
    }
    Ok(())
}

fn sorted(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut entries = fs::read_dir(folder)
        .with_context(|| format!("reading {}", folder.display()))?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()
        .with_context(|| format!("reading {}", folder.display()))?;
    entries.sort();
    Ok(entries)
}

fn file(step: &str) -> PathBuf {
    paths::tools().join("stamps").join(step)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn folder(name: &str) -> PathBuf {
        let folder =
            std::env::temp_dir().join(format!("xtask-stamp-{}-{name}", std::process::id()));
        fs::create_dir_all(folder.join("node_modules")).unwrap();
        fs::write(folder.join("a.ts"), "one").unwrap();
        folder
    }

    #[test]
    fn a_changed_file_changes_the_key_and_a_built_one_does_not() {
        let folder = folder("change");
        let first = key_of(std::slice::from_ref(&folder)).unwrap();
        fs::write(folder.join("node_modules/x.js"), "made").unwrap();
        assert_eq!(key_of(std::slice::from_ref(&folder)).unwrap(), first);
        fs::write(folder.join("a.ts"), "two").unwrap();
        assert_ne!(key_of(std::slice::from_ref(&folder)).unwrap(), first);
        fs::remove_dir_all(folder).unwrap();
    }

    #[test]
    fn a_renamed_file_changes_the_key() {
        let folder = folder("rename");
        let first = key_of(std::slice::from_ref(&folder)).unwrap();
        fs::rename(folder.join("a.ts"), folder.join("b.ts")).unwrap();
        assert_ne!(key_of(std::slice::from_ref(&folder)).unwrap(), first);
        fs::remove_dir_all(folder).unwrap();
    }
}
