//! A pack as it stands in its file: parsed with the place of every word, and not judged yet.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;

/// One thing that is wrong with a pack, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackError {
    /// The file as it was named to the parser.
    pub file: String,
    /// Counted from 1.
    pub line: usize,
    /// What is wrong.
    pub message: String,
}

impl PackError {
    pub(super) fn at(file: &str, text: &str, span: &Range<usize>, message: String) -> Self {
        let before = text.as_bytes().iter().take(span.start);
        let line = 1 + before.filter(|byte| **byte == b'\n').count();
        Self {
            file: file.to_owned(),
            line,
            message,
        }
    }
}

impl fmt::Display for PackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.message)
    }
}

/// Everything that is wrong with a pack, at least one thing, in the order of the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PackErrors(pub Vec<PackError>);

impl fmt::Display for PackErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            let newline = if index == 0 { "" } else { "\n" };
            write!(f, "{newline}{error}")?;
        }
        Ok(())
    }
}

impl std::error::Error for PackErrors {}

/// A word and its place.
pub(super) type Word = Spanned<String>;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PackFile {
    pub(super) name: String,
    pub(super) modules: Vec<Word>,
    pub(super) roles: Vec<RoleFile>,
    pub(super) project_roles: ProjectRolesFile,
    pub(super) permissions: BTreeMap<Word, GrantFile>,
    pub(super) plans: PlansFile,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RoleFile {
    pub(super) key: Word,
    pub(super) title: String,
    pub(super) rank: Spanned<u16>,
    pub(super) inbound: Vec<Word>,
    pub(super) outbound: Word,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProjectRolesFile {
    pub(super) from: Word,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct GrantFile {
    #[serde(default)]
    pub(super) all: Vec<Word>,
    #[serde(default)]
    pub(super) project: Vec<Word>,
    #[serde(default)]
    pub(super) own: Vec<Word>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PlansFile {
    pub(super) starter: PlanFile,
    pub(super) pro: PlanFile,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PlanFile {
    pub(super) members_max: Spanned<u32>,
}

/// Reads the text; what is not TOML or not a pack's shape is one error with its line.
pub(super) fn parse(file: &str, text: &str) -> Result<PackFile, PackErrors> {
    toml::from_str(text).map_err(|error| {
        let span = error.span().unwrap_or(0..0);
        let message = error.message().trim().to_owned();
        PackErrors(vec![PackError::at(file, text, &span, message)])
    })
}
