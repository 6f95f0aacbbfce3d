//! Links between documents lead somewhere.

use super::sources::{Source, refuse};
use crate::paths;
use anyhow::Result;
use std::path::Path;

/// Refuses relative links in Markdown whose target does not exist.
pub fn check(sources: &[Source]) -> Result<()> {
    let root = paths::root();
    let dead: Vec<String> = sources
        .iter()
        .filter(|source| source.name.ends_with(".md"))
        .flat_map(|source| {
            let folder = root.join(Path::new(&source.name).parent().unwrap_or(Path::new("")));
            let dead = targets(&source.text).filter(move |target| !folder.join(target).exists());
            dead.map(|target| format!("{}: {target}", source.name))
        })
        .collect();
    refuse(&dead, "links to files that do not exist")
}

/// The relative targets of `[text](target)`, without their anchors.
fn targets(text: &str) -> impl Iterator<Item = &str> {
    text.split("](")
        .skip(1)
        .filter_map(|rest| rest.split(')').next())
        .filter(|target| {
            !target.contains("://")
                && !target.starts_with(['#', '/'])
                && !target.starts_with("mailto:")
        })
        .filter_map(|target| target.split('#').next())
        .filter(|target| !target.is_empty())
}

#[cfg(test)]
mod tests {
    use super::targets;

    #[test]
    fn only_relative_targets_are_looked_at() {
        let text = "[a](docs/a.md) [b](https://x.example) [c](#c) ![d](img/d.png) [e](e.md#part)";
        assert_eq!(
            targets(text).collect::<Vec<_>>(),
            ["docs/a.md", "img/d.png", "e.md"]
        );
    }
}
