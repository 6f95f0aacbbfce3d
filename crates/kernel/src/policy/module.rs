//! What the policy knows of modules that a product adds to ours.
//!
//! Our own permissions are constants ([`super::permission`]); a product's are keys of its pack. A
//! module says which of them its code checks and what its statements keep of a reach. The pack is
//! compiled with that in hand, so that one which the code would not obey stops the start, with its
//! line, and an event stream knows what it takes to hear of the module's things.

use super::{Pack, Permission};

/// A permission that a product's own module checks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Checked {
    key: &'static str,
    owned: bool,
    windowed: bool,
}

impl Checked {
    /// The permission of that key, `resource:action`, which reaches everything in the organization
    /// or nothing.
    #[must_use]
    pub const fn new(key: &'static str) -> Self {
        Self {
            key,
            owned: false,
            windowed: false,
        }
    }

    /// The same where the module's statements keep the reach `own`.
    #[must_use]
    pub const fn owned(self) -> Self {
        Self {
            owned: true,
            ..self
        }
    }

    /// The same where the module's statements keep data windows.
    #[must_use]
    pub const fn windowed(self) -> Self {
        Self {
            windowed: true,
            ..self
        }
    }

    /// The key.
    #[must_use]
    pub const fn key(self) -> &'static str {
        self.key
    }

    pub(super) const fn is_owned(self) -> bool {
        self.owned
    }

    pub(super) const fn is_windowed(self) -> bool {
        self.windowed
    }
}

/// What the policy must know of a product's own module.
#[derive(Debug, Clone, Copy)]
pub struct ModulePolicy {
    /// The module's name, `[a-z][a-z0-9_]*`: in errors, and in the name of its migrations' table.
    pub name: &'static str,
    /// Every permission that its code checks.
    pub checks: &'static [Checked],
    /// Whose facts an event stream tells of: the first word of the facts' actions (`tickets`), and
    /// what it takes to hear of them.
    pub events: &'static [(&'static str, Checked)],
}

impl Pack {
    /// The permission that a module checks; none where the pack was compiled without the module,
    /// and so nobody made sure that what it grants is what the module keeps.
    #[must_use]
    pub fn checked(&self, checked: Checked) -> Option<Permission> {
        let is_known = self.of_modules(checked.key) == Some(checked);
        is_known.then(|| self.permission(checked.key)).flatten()
    }

    /// What it takes to hear of a resource of a product's own.
    #[must_use]
    pub fn heard(&self, resource: &str) -> Option<Permission> {
        let mut events = self.own_modules.iter().flat_map(|module| module.events);
        let (_, checked) = events.find(|(known, _)| *known == resource)?;
        self.checked(*checked)
    }

    /// What a product's module says of the permission of that key.
    pub(super) fn of_modules(&self, key: &str) -> Option<Checked> {
        let mut all = self.own_modules.iter().flat_map(|module| module.checks);
        all.find(|checked| checked.key == key).copied()
    }
}
