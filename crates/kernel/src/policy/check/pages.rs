//! Pages and templates.

use std::collections::HashSet;

use super::super::file::{ActionFile, PageFile, TemplateFile, Word};
use super::super::page::{Gives, Page, PageSet};
use super::super::permission::PermissionSet;
use super::super::window::Window;
use super::super::{Action, Pack, PageGrant, PageId, Template};
use super::{Check, org_role};
use crate::role::PlatformRole;

/// Templates of one pack at most: a list that people choose from.
const TEMPLATES_MAX: usize = 64;

impl Check<'_> {
    pub(super) fn pages(&mut self, pack: &mut Pack, files: &[PageFile]) {
        if files.len() > PageSet::PAGES_MAX {
            self.refuse(0..0, format!("more than {} pages", PageSet::PAGES_MAX));
            return;
        }
        for file in files {
            let key = file.key.get_ref();
            self.key(&file.key, "a page's");
            if pack.page(key).is_some() {
                self.refuse(file.key.span(), format!("page `{key}` is defined twice"));
                continue;
            }
            let page = PageId(u8::try_from(pack.pages.len()).unwrap_or(u8::MAX));
            let offered = self.offered(file);
            let gives = Action::ALL.map(|action| Gives {
                offered: offered.contains(&action),
                permissions: self.gives(pack, &file.action(action).gives),
            });
            pack.pages.push(Page {
                key: key.clone(),
                title: file.title.clone(),
                group: file.group.clone(),
                always: file.always,
                gives,
            });
            for action in Action::ALL {
                let said = file.action(action);
                let says_something = !said.gives.is_empty() || !said.held_by.is_empty();
                if says_something && !offered.contains(&action) {
                    let message = format!("page `{key}` has no action `{}`", action.as_str());
                    self.refuse(file.key.span(), message);
                }
                self.held_by(pack, page, action, said);
            }
        }
    }

    fn offered(&mut self, file: &PageFile) -> Vec<Action> {
        let Some(words) = &file.actions else {
            return Action::ALL.to_vec();
        };
        let mut offered = vec![Action::View];
        for word in words {
            let action = *word.get_ref();
            if action != Action::View && offered.contains(&action) {
                let message = format!("`{}` stands twice in this line", action.as_str());
                self.refuse(word.span(), message);
            }
            offered.push(action);
        }
        offered
    }

    /// Every key was found when the pack's permissions were listed, or was refused there.
    fn gives(&mut self, pack: &Pack, words: &[Word]) -> PermissionSet {
        let mut set = PermissionSet::EMPTY;
        for word in words {
            match pack.permission(word.get_ref()) {
                Some(permission) if set.contains(permission) => {
                    let message = format!("`{}` stands twice in this line", word.get_ref());
                    self.refuse(word.span(), message);
                }
                Some(permission) => set.insert(permission),
                None => {}
            }
        }
        set
    }

    /// Roles that have an action by themselves hold what it gives.
    fn held_by(&mut self, pack: &mut Pack, page: PageId, action: Action, file: &ActionFile) {
        let mut seen = HashSet::new();
        for word in &file.held_by {
            let name = word.get_ref();
            if !seen.insert(name) {
                self.refuse(word.span(), format!("`{name}` stands twice in this line"));
                continue;
            }
            let implied = [action, Action::View].map(|action| {
                let data = pack.page_data(page);
                data.map_or(PermissionSet::EMPTY, |data| data.gives(action).permissions)
            });
            let given = implied.into_iter().flat_map(PermissionSet::iter);
            match (org_role(&pack.roles, name), PlatformRole::from_key(name)) {
                (Some(role), _) => {
                    if let Some(role) = pack.roles.get_mut(role.index()) {
                        role.pages.insert(page, action);
                        given.for_each(|p| role.grants.all.add(p, Window::OPEN));
                    }
                }
                (None, Some(PlatformRole::AdminStaff)) => {
                    pack.admin_staff_pages.insert(page, action);
                    given.for_each(|p| pack.admin_staff.insert(p));
                }
                (None, Some(PlatformRole::SuperAdmin)) => {
                    self.refuse(word.span(), format!("`{name}` holds everything unnamed"));
                }
                (None, Some(PlatformRole::None) | None) => {
                    self.refuse(word.span(), format!("there is no role `{name}`"));
                }
            }
        }
    }

    pub(super) fn templates(&mut self, pack: &mut Pack, files: &[TemplateFile]) {
        if files.len() > TEMPLATES_MAX {
            self.refuse(0..0, format!("more than {TEMPLATES_MAX} templates"));
        }
        for file in files {
            let key = file.key.get_ref();
            self.key(&file.key, "a template's");
            if pack.templates.iter().any(|known| known.key == *key) {
                self.refuse(
                    file.key.span(),
                    format!("template `{key}` is defined twice"),
                );
            }
            let mut pages = std::collections::BTreeMap::new();
            for (word, actions) in &file.pages {
                let Some(page) = pack.page(word.get_ref()) else {
                    self.refuse(
                        word.span(),
                        format!("there is no page `{}`", word.get_ref()),
                    );
                    continue;
                };
                if actions.is_empty() {
                    self.refuse(word.span(), "a template names an action".to_owned());
                }
                for action in actions {
                    if !pack.offers(page, *action.get_ref()) {
                        let (page, action_key) = (word.get_ref(), action.get_ref().as_str());
                        let message = format!("page `{page}` has no action `{action_key}`");
                        self.refuse(action.span(), message);
                    }
                }
                let grant = PageGrant::of(actions.iter().map(|action| *action.get_ref()));
                pages.insert(word.get_ref().clone(), grant);
            }
            pack.templates.push(Template {
                key: key.clone(),
                title: file.title.clone(),
                pages,
            });
        }
    }
}
