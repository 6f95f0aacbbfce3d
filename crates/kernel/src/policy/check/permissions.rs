//! Permissions: which there are, and who holds each how far.

use std::collections::{BTreeMap, HashSet};

use super::super::file::{GrantFile, PackFile, WindowFile, Word};
use super::super::held::Held;
use super::super::permission::{self, Permission};
use super::super::window::Window;
use super::super::{Pack, Role, RoleGrants, RoleId};
use super::{Check, org_role, resource_of};
use crate::platform;
use crate::role::{PlatformRole, ProjectRole};

/// The key that stands for every permission of the pack.
pub(super) const EVERYTHING: &str = "*";

/// What holds a permission: a role on one of the axes.
enum Holder {
    Org(RoleId),
    Project(ProjectRole),
    AdminStaff,
}

/// Where in the row a holder stands.
#[derive(Clone, Copy, PartialEq)]
enum Column {
    All,
    Project,
    Own,
}

impl Column {
    /// Whether the code that checks `permission` narrows its statements to this reach. A narrower
    /// reach that nobody keeps would be none; for its own permissions the product answers.
    fn means_something(self, pack: &Pack, permission: Permission) -> bool {
        let is_ours = permission.declared_key().is_some();
        match (self, pack.of_modules(pack.permission_key(permission))) {
            (Self::All, _) => true,
            (Self::Project, Some(_)) => false,
            (Self::Own, Some(checked)) => checked.is_owned(),
            (Self::Project, None) => !is_ours || permission::IN_PROJECTS.contains(&permission),
            (Self::Own, None) => !is_ours || permission::OWNED.contains(&permission),
        }
    }

    fn of(self, grants: &mut RoleGrants) -> &mut Held {
        match self {
            Self::All => &mut grants.all,
            Self::Project => &mut grants.project,
            Self::Own => &mut grants.own,
        }
    }
}

impl Check<'_> {
    /// Our permissions, then the pack's own in the order of their keys.
    pub(super) fn permission_keys(&mut self, pack: &PackFile) -> Vec<String> {
        let given = pack.pages.iter().flat_map(|page| {
            let actions = super::super::Action::ALL;
            actions
                .into_iter()
                .flat_map(|action| &page.action(action).gives)
        });
        let mut words: Vec<&Word> = pack.permissions.keys().chain(given).collect();
        words.sort_by_key(|word| word.get_ref());
        words.retain(|word| word.get_ref() != EVERYTHING);
        let mut keys: Vec<String> = permission::ALL.iter().map(|d| d.key.to_owned()).collect();
        for word in words {
            let key = word.get_ref();
            if keys.contains(key) {
                continue;
            }
            let Some(resource) = resource_of(key) else {
                self.refuse(
                    word.span(),
                    format!("`{key}` is not of the form resource:action"),
                );
                continue;
            };
            let is_ours = permission::ALL
                .iter()
                .any(|d| resource_of(d.key) == Some(resource));
            if resource == platform::RESOURCE {
                let message =
                    format!("`{key}` is for who operates the installation: no pack gives it");
                self.refuse(word.span(), message);
            } else if is_ours {
                let message = format!("`{key}`: `{resource}` is ours and has no such action");
                self.refuse(word.span(), message);
            } else if keys.len() == Permission::MAX {
                self.refuse(
                    word.span(),
                    format!("more than {} permissions", Permission::MAX),
                );
            } else {
                keys.push(key.clone());
            }
        }
        keys
    }

    /// The row `"*"`: these roles hold every permission of the pack.
    pub(super) fn everything(&mut self, pack: &mut Pack, key: &Word, grant: &GrantFile) {
        let narrow = [&grant.project, &grant.own].into_iter().flatten().next();
        if let Some(word) = narrow.or(grant.window.keys().next()) {
            self.refuse(word.span(), "`*` can only stand under `all`".to_owned());
        }
        if grant.all.is_empty() {
            self.refuse(key.span(), "nobody holds `*`".to_owned());
        }
        for word in &grant.all {
            let holder = self.holder(pack, word, Column::All);
            for permission in pack.permissions() {
                match holder {
                    Some(Holder::Org(role)) => {
                        if let Some(role) = pack.roles.get_mut(role.index()) {
                            role.grants.all.add(permission, Window::OPEN);
                        }
                    }
                    Some(Holder::AdminStaff) => pack.admin_staff.insert(permission),
                    Some(Holder::Project(_)) | None => {}
                }
            }
        }
    }

    pub(super) fn grant(
        &mut self,
        pack: &mut Pack,
        permission: Permission,
        key: &Word,
        grant: &GrantFile,
    ) {
        let columns = [
            (Column::All, &grant.all),
            (Column::Project, &grant.project),
            (Column::Own, &grant.own),
        ];
        let windows = self.windows(pack, permission, key, &grant.window);
        let mut seen = HashSet::new();
        for (column, words) in columns {
            for word in words {
                let name = word.get_ref();
                if !seen.insert(name) {
                    self.refuse(word.span(), format!("`{name}` stands twice in this line"));
                    continue;
                }
                if !column.means_something(pack, permission) {
                    let message = format!("`{}` knows no such reach", key.get_ref());
                    self.refuse(word.span(), message);
                }
                match self.holder(pack, word, column) {
                    Some(Holder::AdminStaff) => pack.admin_staff.insert(permission),
                    Some(Holder::Project(ProjectRole::Lead)) => pack.lead.insert(permission),
                    Some(Holder::Project(ProjectRole::Contributor)) => {
                        pack.contributor.insert(permission);
                    }
                    Some(Holder::Org(role)) => {
                        let window = windows.get(name.as_str()).copied();
                        if let Some(role) = pack.roles.get_mut(role.index()) {
                            let held = column.of(&mut role.grants);
                            held.add(permission, window.unwrap_or(Window::OPEN));
                        }
                    }
                    None => {}
                }
            }
        }
        for word in grant.window.keys() {
            if !seen.contains(word.get_ref()) || org_role(&pack.roles, word.get_ref()).is_none() {
                let message = format!("no organization role `{}` is in this line", word.get_ref());
                self.refuse(word.span(), message);
            }
        }
        if seen.is_empty() {
            self.refuse(key.span(), format!("nobody holds `{}`", key.get_ref()));
        }
    }

    fn windows<'p>(
        &mut self,
        pack: &Pack,
        permission: Permission,
        key: &Word,
        files: &'p BTreeMap<Word, WindowFile>,
    ) -> BTreeMap<&'p str, Window> {
        if !files.is_empty() && !pack.honours_window(permission) {
            let message = format!("`{}` knows no data window", key.get_ref());
            self.refuse(key.span(), message);
        }
        let mut windows = BTreeMap::new();
        for (word, file) in files {
            let days = [file.back, file.forward];
            if days.iter().flatten().any(|days| *days > Window::DAYS_MAX) {
                let message = format!("a window has at most {} days", Window::DAYS_MAX);
                self.refuse(word.span(), message);
            }
            if days == [None, None] {
                self.refuse(
                    word.span(),
                    "a window has `back`, `forward` or both".to_owned(),
                );
            }
            let window = Window {
                back_days: file.back,
                forward_days: file.forward,
            };
            windows.insert(word.get_ref().as_str(), window);
        }
        windows
    }

    fn holder(&mut self, pack: &Pack, word: &Word, column: Column) -> Option<Holder> {
        let name = word.get_ref();
        if let Some(role) = org_role(&pack.roles, name) {
            return Some(Holder::Org(role));
        }
        let has_projects = pack.has_project_roles();
        let problem = match (PlatformRole::from_key(name), ProjectRole::from_key(name)) {
            (Some(PlatformRole::AdminStaff), _) if column == Column::All => {
                return Some(Holder::AdminStaff);
            }
            (_, Some(role)) if column == Column::Project && has_projects => {
                return Some(Holder::Project(role));
            }
            (_, Some(_)) if !has_projects => format!("`{name}`: there is no [project_roles]"),
            (Some(PlatformRole::AdminStaff), _) => format!("`{name}` can only stand under `all`"),
            (Some(PlatformRole::SuperAdmin), _) => format!("`{name}` holds everything unnamed"),
            (_, Some(_)) => format!("`{name}` can only stand under `project`"),
            (Some(PlatformRole::None) | None, None) => format!("there is no role `{name}`"),
        };
        self.refuse(word.span(), problem);
        None
    }

    /// What mounted code checks must be held by some organization or project role, or be given by
    /// a page, or its routes would be closed to everybody by mistake.
    pub(super) fn all_held(&mut self, file: &PackFile, pack: &Pack) {
        let ours = permission::ALL
            .iter()
            .filter(|declared| pack.mounts(declared.module))
            .map(|declared| (declared.module, declared.key));
        let own = pack.own_modules.iter();
        let own = own.flat_map(|module| module.checks.iter().map(|c| (module.name, c.key())));
        for (module, key) in ours.chain(own) {
            if pack.permission(key).is_some_and(|p| is_held(pack, p)) {
                continue;
            }
            let row = file.permissions.keys().find(|word| word.get_ref() == key);
            let mounted = file.modules.iter().find(|word| word.get_ref() == module);
            let span = row.or(mounted).map_or(0..0, Word::span);
            self.refuse(
                span,
                format!("module `{module}` checks `{key}`, and no role holds it"),
            );
        }
    }

    /// A module's keys are its own: ours are constants, which every module may check as well.
    pub(super) fn own_modules(&mut self, pack: &Pack) {
        let own = pack.own_modules.iter();
        let keys = own.flat_map(|module| module.checks.iter().map(|c| (module.name, c.key())));
        let mut seen = HashSet::new();
        for (module, key) in keys {
            let is_ours = permission::ALL.iter().any(|declared| declared.key == key);
            if is_ours || !seen.insert(key) {
                let whose = if is_ours { "ours" } else { "another module's" };
                self.refuse(0..0, format!("module `{module}`: `{key}` is {whose}"));
            }
        }
    }
}

/// Whether any role, or any page, gives it.
fn is_held(pack: &Pack, permission: Permission) -> bool {
    let by_role = pack.roles.iter().any(|role: &Role| role.holds(permission));
    let by_project_role = [&pack.lead, &pack.contributor]
        .iter()
        .any(|set| set.contains(permission));
    let by_page = pack.pages.iter().any(|page| {
        let mut gives = page.gives.iter();
        gives.any(|gives| gives.permissions.contains(permission))
    });
    by_role || by_project_role || by_page
}
