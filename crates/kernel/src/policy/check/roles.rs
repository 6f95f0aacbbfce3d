//! Organization roles: keys, ranks, what the provider calls them, who gives them, when they act.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::super::file::{AccessFile, PackFile, ProjectRolesFile, RoleFile, Word};
use super::super::page::PageSet;
use super::super::window::Hours;
use super::super::{Role, RoleGrants, RoleId};
use super::{Check, is_fixed_role, org_role};
use crate::role::PlatformRole;

/// Roles of one pack at most: a table that people read, and an id of one byte.
const ROLES_MAX: usize = 32;

impl Check<'_> {
    /// The roles by ascending rank.
    pub(super) fn roles(&mut self, pack: &PackFile) -> Vec<Role> {
        if pack.roles.is_empty() || pack.roles.len() > ROLES_MAX {
            self.refuse(0..0, format!("a pack has 1 to {ROLES_MAX} roles"));
        }
        self.role_words(&pack.roles);
        let hours = self.access_windows(&pack.access);
        let mut by_rank: Vec<_> = pack.roles.iter().collect();
        by_rank.sort_by_key(|role| *role.rank.get_ref());
        let mut roles: Vec<Role> = by_rank
            .iter()
            .map(|role| Role {
                key: role.key.get_ref().clone(),
                title: role.title.clone(),
                inbound: role
                    .inbound
                    .iter()
                    .map(|word| word.get_ref().clone())
                    .collect(),
                outbound: role.outbound.get_ref().clone(),
                grants: RoleGrants::default(),
                pages: PageSet::default(),
                assigned_by: Vec::new(),
                assigned_by_staff: false,
                hours: None,
            })
            .collect();
        for (index, file) in by_rank.into_iter().enumerate() {
            let assigned = self.assigned_by(&roles, index, &file.assigned_by);
            let hours = file
                .access
                .as_ref()
                .and_then(|word| self.hours(&hours, word));
            if let Some(role) = roles.get_mut(index) {
                (role.assigned_by, role.assigned_by_staff) = assigned;
                role.hours = hours;
            }
        }
        roles
    }

    fn role_words(&mut self, roles: &[RoleFile]) {
        let mut keys = HashSet::new();
        let mut ranks = HashSet::new();
        let mut inbound = HashMap::new();
        for role in roles {
            let key = role.key.get_ref();
            self.key(&role.key, "a role's");
            if is_fixed_role(key) {
                self.refuse(
                    role.key.span(),
                    format!("`{key}` is the name of another kind of role"),
                );
            }
            if !keys.insert(key) {
                self.refuse(role.key.span(), format!("role `{key}` is defined twice"));
            }
            if !ranks.insert(role.rank.get_ref()) {
                let rank = role.rank.get_ref();
                self.refuse(
                    role.rank.span(),
                    format!("rank {rank} is taken by another role"),
                );
            }
            for word in &role.inbound {
                if let Some(other) = inbound.insert(word.get_ref(), key) {
                    let word_text = word.get_ref();
                    self.refuse(
                        word.span(),
                        format!("`{word_text}` is read as `{other}` already"),
                    );
                }
            }
            let outbound = role.outbound.get_ref();
            if !role.inbound.iter().any(|word| word.get_ref() == outbound) {
                let message = format!("`{outbound}` must be in this role's `inbound`");
                self.refuse(role.outbound.span(), message);
            }
        }
    }

    /// Who gives the role at `index`: roles that are not below it, and those who help.
    fn assigned_by(&mut self, roles: &[Role], index: usize, words: &[Word]) -> (Vec<RoleId>, bool) {
        let mut by = Vec::new();
        let mut by_staff = false;
        for word in words {
            let name = word.get_ref();
            match (org_role(roles, name), PlatformRole::from_key(name)) {
                (Some(role), _) if role.index() < index => {
                    let message = format!("`{name}` is below the role that it would give");
                    self.refuse(word.span(), message);
                }
                (Some(role), _) if by.contains(&role) => {
                    self.refuse(word.span(), format!("`{name}` stands twice in this line"));
                }
                (Some(role), _) => by.push(role),
                (None, Some(PlatformRole::AdminStaff)) => by_staff = true,
                (None, Some(PlatformRole::SuperAdmin)) => {
                    self.refuse(word.span(), format!("`{name}` gives every role unnamed"));
                }
                (None, Some(PlatformRole::None) | None) => {
                    self.refuse(word.span(), format!("there is no role `{name}`"));
                }
            }
        }
        (by, by_staff)
    }

    fn access_windows<'p>(
        &mut self,
        files: &'p BTreeMap<Word, AccessFile>,
    ) -> HashMap<&'p str, Hours> {
        let mut compiled = HashMap::new();
        for (word, file) in files {
            match file.window().compile() {
                Ok(hours) => {
                    compiled.insert(word.get_ref().as_str(), hours);
                }
                Err(bad) => {
                    // Packs say `time_zone` where requests say `timeZone`.
                    let field = if bad.field == "timeZone" {
                        "time_zone"
                    } else {
                        bad.field
                    };
                    self.refuse(word.span(), format!("`{field}` {}", bad.message));
                }
            }
        }
        compiled
    }

    fn hours(&mut self, known: &HashMap<&str, Hours>, word: &Word) -> Option<Hours> {
        let found = known.get(word.get_ref().as_str()).cloned();
        if found.is_none() {
            let message = format!("there is no access window `{}`", word.get_ref());
            self.refuse(word.span(), message);
        }
        found
    }

    pub(super) fn project_from(
        &mut self,
        roles: &[Role],
        file: Option<&ProjectRolesFile>,
    ) -> RoleId {
        let nobody = RoleId(u8::MAX);
        let Some(ProjectRolesFile { from: word }) = file else {
            return nobody;
        };
        org_role(roles, word.get_ref()).unwrap_or_else(|| {
            self.refuse(
                word.span(),
                format!("there is no role `{}`", word.get_ref()),
            );
            nobody
        })
    }
}
