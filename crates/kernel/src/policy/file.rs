//! A pack as it stands in its file: parsed with the place of every word, and not judged yet.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;

use serde::Deserialize;
use toml::Spanned;

use super::Action;
use super::window::{AccessWindow, Day};

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
    pub(super) project_roles: Option<ProjectRolesFile>,
    #[serde(default)]
    pub(super) access: BTreeMap<Word, AccessFile>,
    pub(super) permissions: BTreeMap<Word, GrantFile>,
    #[serde(default)]
    pub(super) pages: Vec<PageFile>,
    #[serde(default)]
    pub(super) templates: Vec<TemplateFile>,
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
    #[serde(default)]
    pub(super) assigned_by: Vec<Word>,
    pub(super) access: Option<Word>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ProjectRolesFile {
    pub(super) from: Word,
}

/// An access window; judged as a whole by [`AccessWindow::compile`].
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct AccessFile {
    days: Vec<Day>,
    from: String,
    to: String,
    time_zone: String,
}

impl AccessFile {
    pub(super) fn window(&self) -> AccessWindow {
        AccessWindow {
            days: self.days.clone(),
            from: self.from.clone(),
            to: self.to.clone(),
            time_zone: self.time_zone.clone(),
        }
    }
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
    #[serde(default)]
    pub(super) window: BTreeMap<Word, WindowFile>,
}

/// A data window: days back and forward from now.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct WindowFile {
    pub(super) back: Option<u16>,
    pub(super) forward: Option<u16>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PageFile {
    pub(super) key: Word,
    pub(super) title: String,
    #[serde(default)]
    pub(super) group: String,
    #[serde(default)]
    pub(super) always: bool,
    /// All five where it is not said.
    pub(super) actions: Option<Vec<Spanned<Action>>>,
    #[serde(default)]
    pub(super) view: ActionFile,
    #[serde(default)]
    pub(super) create: ActionFile,
    #[serde(default)]
    pub(super) edit: ActionFile,
    #[serde(default)]
    pub(super) delete: ActionFile,
    #[serde(default)]
    pub(super) approve: ActionFile,
}

impl PageFile {
    pub(super) fn action(&self, action: Action) -> &ActionFile {
        match action {
            Action::View => &self.view,
            Action::Create => &self.create,
            Action::Edit => &self.edit,
            Action::Delete => &self.delete,
            Action::Approve => &self.approve,
        }
    }
}

/// Who has an action by role, and what it gives.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
pub(super) struct ActionFile {
    pub(super) held_by: Vec<Word>,
    pub(super) gives: Vec<Word>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TemplateFile {
    pub(super) key: Word,
    pub(super) title: String,
    pub(super) pages: BTreeMap<Word, Vec<Spanned<Action>>>,
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
    #[serde(default)]
    pub(super) entitlements: Vec<Word>,
}

/// Reads the text; what is not TOML or not a pack's shape is one error with its line.
pub(super) fn parse(file: &str, text: &str) -> Result<PackFile, PackErrors> {
    toml::from_str(text).map_err(|error| {
        let span = error.span().unwrap_or(0..0);
        let message = error.message().trim().to_owned();
        PackErrors(vec![PackError::at(file, text, &span, message)])
    })
}
