//! Who may depend on whom. The real edges, as cargo sees them, must equal the committed list in
//! xtask/edges.toml, and the list must obey the direction of the floors.

use super::sources::refuse;
use crate::{paths, process};
use anyhow::{Context, Result};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;

/// The committed list.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Law {
    /// From the ground up; a crate uses lower floors only.
    floors: Vec<Vec<String>>,
    /// Crates that only these may use.
    guarded: BTreeMap<String, BTreeSet<String>>,
    /// Who may use a guarded crate in tests, on top.
    #[serde(default)]
    guarded_in_tests: BTreeMap<String, BTreeSet<String>>,
    /// What each crate uses of ours.
    uses: BTreeMap<String, BTreeSet<String>>,
    /// What its tests use on top, where the floors do not bind.
    #[serde(default)]
    uses_in_tests: BTreeMap<String, BTreeSet<String>>,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    kind: Option<String>,
}

impl Dependency {
    fn is_of_tests(&self) -> bool {
        self.kind.as_deref() == Some("dev")
    }
}

/// Compares the two, and names each difference.
pub fn check() -> Result<()> {
    let file = paths::root().join("xtask/edges.toml");
    let text =
        fs::read_to_string(&file).with_context(|| format!("reading {}", paths::shown(&file)))?;
    let law: Law =
        toml::from_str(&text).with_context(|| format!("parsing {}", paths::shown(&file)))?;
    let json =
        process::output(process::cargo().args(["metadata", "--no-deps", "--format-version", "1"]))?;
    let metadata: Metadata = serde_json::from_str(&json).context("parsing cargo metadata")?;
    refuse(
        &breaches(&law, &metadata.packages),
        "crate edges against xtask/edges.toml",
    )
}

fn breaches(law: &Law, packages: &[Package]) -> Vec<String> {
    let ours: BTreeSet<&str> = packages
        .iter()
        .map(|package| package.name.as_str())
        .collect();
    let mut breaches = Vec::new();
    for package in packages {
        let of_kind = |is_of_tests| -> BTreeSet<&str> {
            let edges = package
                .dependencies
                .iter()
                .filter(|edge| edge.is_of_tests() == is_of_tests);
            edges.map(|edge| edge.name.as_str()).collect()
        };
        for (listed, real) in [
            (&law.uses, of_kind(false)),
            (&law.uses_in_tests, of_kind(true)),
        ] {
            let listed = listed
                .get(&package.name)
                .into_iter()
                .flatten()
                .map(String::as_str)
                .collect();
            let real = real.intersection(&ours).copied().collect::<BTreeSet<_>>();
            breaches.extend(
                real.difference(&listed)
                    .map(|to| format!("{} -> {to} is not listed", package.name)),
            );
            breaches.extend(
                listed
                    .difference(&real)
                    .map(|to| format!("{} -> {to} is listed, but not there", package.name)),
            );
        }
        let is_refused = |to: &str, is_of_tests: bool| {
            let in_tests = law.guarded_in_tests.get(to).filter(|_| is_of_tests);
            law.guarded.get(to).is_some_and(|allowed| {
                !allowed
                    .iter()
                    .chain(in_tests.into_iter().flatten())
                    .any(|name| *name == package.name)
            })
        };
        for is_of_tests in [false, true] {
            let refused = of_kind(is_of_tests)
                .into_iter()
                .filter(|to| is_refused(to, is_of_tests));
            breaches.extend(refused.map(|to| format!("{} must not use {to}", package.name)));
        }
    }
    breaches.extend(against_the_floors(law));
    breaches
}

fn against_the_floors(law: &Law) -> Vec<String> {
    let floor = |name: &str| {
        law.floors
            .iter()
            .position(|floor| floor.iter().any(|known| known == name))
    };
    let mut breaches = Vec::new();
    for (from, targets) in &law.uses {
        for to in targets {
            match (floor(from), floor(to)) {
                (Some(from_floor), Some(to_floor)) if from_floor > to_floor => {}
                (Some(_), Some(_)) => breaches.push(format!("{from} -> {to} does not go down")),
                _ => breaches.push(format!("{from} -> {to}: one of them stands on no floor")),
            }
        }
    }
    breaches
}

#[cfg(test)]
mod tests {
    use super::*;

    fn law(uses: &str) -> Law {
        let text =
            format!("floors = [[\"low\"], [\"high\"]]\n[guarded]\nsql = [\"low\"]\n[uses]\n{uses}");
        toml::from_str(&text).unwrap()
    }

    fn package(name: &str, uses: &[&str]) -> Package {
        let edge = |name: &&str| Dependency {
            name: (*name).to_owned(),
            kind: None,
        };
        Package {
            name: name.to_owned(),
            dependencies: uses.iter().map(edge).collect(),
        }
    }

    fn found(uses: &str, low: &[&str], high: &[&str]) -> Vec<String> {
        breaches(&law(uses), &[package("low", low), package("high", high)])
    }

    #[test]
    fn the_list_and_the_truth_agree() {
        assert!(found("high = [\"low\"]", &["sql"], &["low"]).is_empty());
    }

    #[test]
    fn a_new_edge_a_gone_edge_and_a_guarded_crate_are_named() {
        assert_eq!(found("", &[], &["low"]), ["high -> low is not listed"]);
        assert_eq!(
            found("high = [\"low\"]", &[], &[]),
            ["high -> low is listed, but not there"]
        );
        assert_eq!(found("", &[], &["sql"]), ["high must not use sql"]);
    }

    #[test]
    fn the_list_itself_cannot_turn_the_direction() {
        assert_eq!(
            found("low = [\"high\"]", &["high"], &[]),
            ["low -> high does not go down"]
        );
    }

    #[test]
    fn the_committed_list_can_be_read() {
        let text = include_str!("../../edges.toml");
        assert!(against_the_floors(&toml::from_str::<Law>(text).unwrap()).is_empty());
    }
}
