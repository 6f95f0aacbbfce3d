//! From a file's words to bits: everything that a pack may get wrong is refused here, with its
//! line, before a request is served under it.

mod pages;
mod permissions;
mod roles;

use std::collections::HashMap;
use std::ops::Range;

use super::file::{PackError, PackErrors, PackFile, PlanFile, Word};
use super::page::PageSet;
use super::permission::{self, Permission, PermissionSet};
use super::{ModulePolicy, Pack, Role, RoleId};
use crate::plan::Plan;
use crate::role::{PlatformRole, ProjectRole};

/// Judges and compiles a parsed pack.
pub(super) fn compile(
    file: &str,
    text: &str,
    pack: &PackFile,
    own_modules: &[ModulePolicy],
) -> Result<Pack, PackErrors> {
    let mut check = Check {
        file,
        text,
        errors: Vec::new(),
    };
    let modules = check.modules(&pack.modules);
    let roles = check.roles(pack);
    let project_from = check.project_from(&roles, pack.project_roles.as_ref());
    let permissions = check.permission_keys(pack);
    let by_key: HashMap<String, Permission> = permissions
        .iter()
        .enumerate()
        .filter_map(|(index, key)| Some((key.clone(), Permission::at(index)?)))
        .collect();
    let mut compiled = Pack {
        name: pack.name.clone(),
        modules,
        own_modules: own_modules.to_vec(),
        roles,
        permissions,
        by_key,
        admin_staff: PermissionSet::EMPTY,
        in_person: PermissionSet::of(permission::IN_PERSON),
        admin_staff_pages: PageSet::default(),
        project_from,
        lead: PermissionSet::EMPTY,
        contributor: PermissionSet::EMPTY,
        pages: Vec::new(),
        templates: Vec::new(),
        starter: check.plan(&pack.plans.starter),
        pro: check.plan(&pack.plans.pro),
    };
    for (key, grant) in &pack.permissions {
        if key.get_ref() == permissions::EVERYTHING {
            check.everything(&mut compiled, key, grant);
        } else if let Some(permission) = compiled.permission(key.get_ref()) {
            check.grant(&mut compiled, permission, key, grant);
        }
    }
    check.pages(&mut compiled, &pack.pages);
    check.templates(&mut compiled, &pack.templates);
    check.all_held(pack, &compiled);
    check.own_modules(&compiled);
    if check.errors.is_empty() {
        Ok(compiled)
    } else {
        Err(check.into_errors())
    }
}

struct Check<'a> {
    file: &'a str,
    text: &'a str,
    errors: Vec<PackError>,
}

impl Check<'_> {
    fn refuse(&mut self, span: Range<usize>, message: String) {
        self.errors
            .push(PackError::at(self.file, self.text, &span, message));
    }

    fn into_errors(mut self) -> PackErrors {
        self.errors.sort_by_key(|error| error.line);
        PackErrors(self.errors)
    }

    fn modules(&mut self, words: &[Word]) -> Vec<&'static str> {
        let mut modules = vec![permission::PLATFORM];
        for word in words {
            let known = permission::MODULES
                .iter()
                .find(|known| *known == word.get_ref());
            match known {
                None => self.refuse(
                    word.span(),
                    format!("there is no module `{}`", word.get_ref()),
                ),
                Some(known) if modules.contains(known) => {
                    self.refuse(word.span(), format!("module `{known}` is mounted already"));
                }
                Some(known) => modules.push(known),
            }
        }
        modules
    }

    fn plan(&mut self, plan: &PlanFile) -> Plan {
        let members_max = *plan.members_max.get_ref();
        if members_max == 0 {
            let message = "an organization has at least one member".to_owned();
            self.refuse(plan.members_max.span(), message);
        }
        let mut entitlements: Vec<String> = Vec::new();
        for word in &plan.entitlements {
            let key = word.get_ref();
            if !self.key(word, "an entitlement's") {
                continue;
            }
            if entitlements.contains(key) {
                self.refuse(word.span(), format!("`{key}` is given already"));
            } else {
                entitlements.push(key.clone());
            }
        }
        Plan {
            members_max,
            entitlements,
        }
    }

    /// A key of a pack's own: `a-z`, `0-9` and `_`.
    fn key(&mut self, word: &Word, what: &str) -> bool {
        let key = word.get_ref();
        let is_key = !key.is_empty() && key.bytes().all(is_key_byte);
        if !is_key {
            self.refuse(
                word.span(),
                format!("`{key}` is not {what} key: a-z, 0-9 and _"),
            );
        }
        is_key
    }
}

fn org_role(roles: &[Role], key: &str) -> Option<RoleId> {
    let index = roles.iter().position(|role| role.key == key)?;
    u8::try_from(index).ok().map(RoleId)
}

fn is_fixed_role(key: &str) -> bool {
    PlatformRole::from_key(key).is_some() || ProjectRole::from_key(key).is_some()
}

const fn is_key_byte(byte: u8) -> bool {
    matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_')
}

/// The part before the colon of a well-formed `resource:action`.
fn resource_of(key: &str) -> Option<&str> {
    let (resource, action) = key.split_once(':')?;
    let well_formed = |part: &str| !part.is_empty() && part.bytes().all(is_key_byte);
    (well_formed(resource) && well_formed(action)).then_some(resource)
}
