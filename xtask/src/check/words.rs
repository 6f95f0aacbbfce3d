//! What must not stand in the repository: unfinished work, paths of somebody's machine, and
//! packages from anywhere but the public registries. Rust's names its index; npm's lock files name
//! no address at all, so that they hold behind every mirror.

use super::sources::{Source, refuse};
use anyhow::Result;

/// Marks of unfinished work. `TODO` alone is a state of a task, so only its forms in comments count.
const UNFINISHED: &[&str] = &[
    concat!("todo", "!("),
    concat!("unimplemented", "!("),
    concat!("// TO", "DO"),
    concat!("TO", "DO:"),
    concat!("FIX", "ME"),
];

/// Beginnings of absolute paths that exist on one machine alone.
const MACHINE_PATHS: &[&str] = &[
    concat!("/ho", "me/"),
    concat!("/Us", "ers/"),
    concat!("/ro", "ot/"),
    concat!("/wo", "rk/"),
];

/// Where the packages of a lock file may come from.
const REGISTRIES: &[&str] = &["registry+https://github.com/rust-lang/crates.io-index"];

/// Refuses each of them, with file and line.
pub fn check(sources: &[Source]) -> Result<()> {
    let findings: Vec<String> = sources.iter().flat_map(findings).collect();
    refuse(&findings, "what must not stand in the repository")
}

fn findings(source: &Source) -> Vec<String> {
    let is_lock = source.name.ends_with("package-lock.json") || source.name.ends_with("Cargo.lock");
    let complaint = |line: &str| {
        if is_lock {
            of_lock(line)
        } else {
            of_text(line)
        }
    };
    let lines = source.text.lines().enumerate();
    lines
        .filter_map(|(index, line)| {
            Some(format!(
                "{}:{}: {}",
                source.name,
                index + 1,
                complaint(line)?
            ))
        })
        .collect()
}

fn of_text(line: &str) -> Option<String> {
    if let Some(mark) = UNFINISHED.iter().find(|mark| line.contains(**mark)) {
        return Some(format!("unfinished: {mark}"));
    }
    let path = MACHINE_PATHS
        .iter()
        .find(|path| starts_a_path(line, path))?;
    Some(format!("a path of one machine: {path}…"))
}

/// True where `path` stands at the start of an absolute path, not within a longer one or a URL.
fn starts_a_path(line: &str, path: &str) -> bool {
    line.match_indices(path).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        before.is_none_or(|c| !c.is_alphanumeric() && !"/._-}>$)".contains(c))
    })
}

fn of_lock(line: &str) -> Option<String> {
    let line = line.trim();
    let is_npm = line.starts_with("\"resolved\":");
    let is_cargo = line.starts_with("source = ");
    let from = line.split('"').rfind(|part| part.contains("://"))?;
    let is_known = REGISTRIES.iter().any(|registry| from.starts_with(registry));
    ((is_npm || is_cargo) && !is_known).then(|| format!("a package from {from}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unfinished_work_is_found_and_a_state_of_a_task_is_not() {
        assert!(of_text(concat!("  to", "do!()")).is_some());
        assert!(of_text(concat!("// TO", "DO later")).is_some());
        assert!(of_text("status in ('TODO', 'DONE')").is_none());
    }

    #[test]
    fn machine_paths_are_found_and_urls_are_not() {
        assert!(of_text(concat!("cd /ho", "me/ann/src")).is_some());
        assert!(of_text(concat!("path = \"/ro", "ot/x\"")).is_some());
        assert!(of_text("http://localhost/home/page").is_none());
    }

    #[test]
    fn locked_packages_come_from_the_public_registries() {
        let of_rust = r#"source = "registry+https://github.com/rust-lang/crates.io-index""#;
        let elsewhere = r#""resolved": "https://packages.example.com/a-1.0.0.tgz","#;
        assert!(of_lock(of_rust).is_none());
        assert!(of_lock(elsewhere).is_some());
        assert!(of_lock(r#"source = "git+https://example.com/x#0""#).is_some());
        assert!(of_lock(r#""url": "https://opencollective.example/x""#).is_none());
    }
}
