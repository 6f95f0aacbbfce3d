//! Each source file of a crate says first what it is for.

use super::sources::{Source, refuse};
use anyhow::Result;

/// Refuses files below `src/` without a module doc.
pub fn check(sources: &[Source]) -> Result<()> {
    let silent: Vec<String> = sources
        .iter()
        .filter(|source| is_module(&source.name) && !has_doc(&source.text))
        .map(|source| source.name.clone())
        .collect();
    refuse(
        &silent,
        "files that do not say what they are for (`//!` on top)",
    )
}

fn is_module(name: &str) -> bool {
    let is_ours = ["crates/", "examples/", "xtask/"]
        .iter()
        .any(|folder| name.starts_with(folder));
    is_ours && name.contains("/src/") && name.ends_with(".rs")
}

/// Inner attributes may come first.
fn has_doc(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    lines
        .find(|line| !line.starts_with("#!["))
        .is_some_and(|line| line.starts_with("//!"))
}

#[cfg(test)]
mod tests {
    use super::has_doc;

    #[test]
    fn the_doc_comes_first_or_after_inner_attributes() {
        assert!(has_doc("//! What it is.\n"));
        assert!(has_doc("#![forbid(unsafe_code)]\n\n//! What it is.\n"));
        assert!(!has_doc("use std::fs;\n//! too late\n"));
        assert!(!has_doc(""));
    }
}
