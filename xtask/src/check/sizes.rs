//! File sizes: one purpose a file shows in its length.

use super::sources::{Source, refuse};
use crate::report;
use anyhow::Result;

/// From here on a file is named, so that somebody looks at it.
const LOOK_AT_LINES: usize = 400;
/// From here on it has to be split.
const MOST_LINES: usize = 700;
/// What is written by hand in a programming language.
const EXTENSIONS: &[&str] = &["rs", "ts", "tsx", "css", "sql", "toml"];

/// Notes files over [`LOOK_AT_LINES`], refuses those over [`MOST_LINES`].
pub fn check(sources: &[Source]) -> Result<()> {
    let mut sizes: Vec<(usize, &str)> = sources
        .iter()
        .filter(|source| source.has_extension(EXTENSIONS) && !source.is_generated())
        .map(|source| (source.text.lines().count(), source.name.as_str()))
        .filter(|(lines, _)| *lines > LOOK_AT_LINES)
        .collect();
    sizes.sort_unstable_by(|a, b| b.cmp(a));
    for (lines, name) in &sizes {
        report::note(&format!("{name}: {lines} lines; does it have one purpose?"));
    }
    let too_long: Vec<String> = sizes
        .iter()
        .filter(|(lines, _)| *lines > MOST_LINES)
        .map(|(lines, name)| format!("{name}: {lines} lines"))
        .collect();
    refuse(
        &too_long,
        &format!("files over {MOST_LINES} lines, split them by what changes together"),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(name: &str, lines: usize) -> Source {
        Source {
            name: name.to_owned(),
            text: "x\n".repeat(lines),
        }
    }

    #[test]
    fn a_long_file_is_refused_and_a_generated_one_is_not() {
        assert!(check(&[source("a.rs", MOST_LINES)]).is_ok());
        assert!(check(&[source("a.rs", MOST_LINES + 1)]).is_err());
        assert!(check(&[source("web/src/api/schema.gen.ts", 9_000)]).is_ok());
    }
}
