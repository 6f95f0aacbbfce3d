//! The web packages' lock file is whole.
//!
//! npm leaves optional packages out of it that the machine's registry did not have at that moment
//! (binaries for other systems, mostly), and then `npm ci` refuses the file everywhere.

use super::sources::{Source, refuse};
use anyhow::{Context, Result};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct Lock {
    packages: BTreeMap<String, Package>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Package {
    #[serde(default)]
    optional_dependencies: BTreeMap<String, String>,
}

/// Refuses lock files that name an optional package and do not lock it.
pub fn check(sources: &[Source]) -> Result<()> {
    let mut gaps = Vec::new();
    for source in sources
        .iter()
        .filter(|source| source.name.ends_with("package-lock.json"))
    {
        let lock: Lock = serde_json::from_str(&source.text)
            .with_context(|| format!("parsing {}", source.name))?;
        gaps.extend(gaps_of(&lock).map(|gap| format!("{}: {gap}", source.name)));
    }
    refuse(
        &gaps,
        "optional packages that the lock file lacks; run `npm install` where the registry has them",
    )
}

fn gaps_of(lock: &Lock) -> impl Iterator<Item = String> {
    lock.packages.iter().flat_map(move |(path, package)| {
        let names = package.optional_dependencies.iter();
        names
            .filter(move |(name, _)| !is_locked(lock, path, name))
            .map(|(name, version)| format!("{name}@{version}"))
    })
}

/// Looks from the package's own folder upward, as Node does.
fn is_locked(lock: &Lock, path: &str, name: &str) -> bool {
    let mut folder = path;
    loop {
        let beside = if folder.is_empty() { "" } else { "/" };
        if lock
            .packages
            .contains_key(&format!("{folder}{beside}node_modules/{name}"))
        {
            return true;
        }
        if folder.is_empty() {
            return false;
        }
        folder = folder
            .rfind("/node_modules/")
            .map_or("", |at| &folder[..at]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gaps(packages: &str) -> Vec<String> {
        gaps_of(&serde_json::from_str(&format!("{{\"packages\":{packages}}}")).unwrap()).collect()
    }

    #[test]
    fn a_missing_optional_package_is_named() {
        let packages = r#"{"node_modules/a": {"optionalDependencies": {"a-linux": "1.0.0", "a-mac": "1.0.0"}},
                           "node_modules/a-linux": {}}"#;
        assert_eq!(gaps(packages), ["a-mac@1.0.0"]);
    }

    #[test]
    fn one_beside_or_above_or_within_the_package_counts() {
        let packages = r#"{"": {}, "node_modules/x": {},
                           "node_modules/a/node_modules/b": {"optionalDependencies": {"x": "1", "y": "1", "z": "1"}},
                           "node_modules/a/node_modules/y": {}, "node_modules/a/node_modules/b/node_modules/z": {}}"#;
        assert!(gaps(packages).is_empty());
    }
}
