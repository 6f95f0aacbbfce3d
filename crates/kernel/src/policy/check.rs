//! From a file's words to bits: everything that a pack may get wrong is refused here, with its
//! line, before a request is served under it.

use std::collections::{HashMap, HashSet};
use std::ops::Range;

use super::file::{GrantFile, PackError, PackErrors, PackFile, PlanFile, Word};
use super::permission::{self, Permission, PermissionSet};
use super::{Grants, Pack, Role, RoleId};
use crate::plan::Plan;
use crate::role::{PlatformRole, ProjectRole};

/// Roles of one pack at most: a table that people read, and an id of one byte.
const ROLES_MAX: usize = 32;

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

/// Judges and compiles a parsed pack.
pub(super) fn compile(file: &str, text: &str, pack: &PackFile) -> Result<Pack, PackErrors> {
    let mut check = Check {
        file,
        text,
        errors: Vec::new(),
    };
    let modules = check.modules(&pack.modules);
    let roles = check.roles(pack);
    let project_from = check.project_from(&roles, &pack.project_roles.from);
    let permissions = check.permission_keys(pack);
    let by_key: HashMap<String, Permission> = permissions
        .iter()
        .enumerate()
        .filter_map(|(index, key)| Some((key.clone(), Permission::at(index)?)))
        .collect();
    let mut compiled = Pack {
        name: pack.name.clone(),
        modules,
        roles,
        permissions,
        by_key,
        admin_staff: PermissionSet::default(),
        project_from,
        lead: PermissionSet::default(),
        contributor: PermissionSet::default(),
        starter: check.plan(&pack.plans.starter),
        pro: check.plan(&pack.plans.pro),
    };
    for (key, grant) in &pack.permissions {
        if let Some(permission) = compiled.permission(key.get_ref()) {
            check.grant(&mut compiled, permission, key, grant);
        }
    }
    check.all_held(pack, &compiled);
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

    /// The roles by ascending rank.
    fn roles(&mut self, pack: &PackFile) -> Vec<Role> {
        if pack.roles.is_empty() || pack.roles.len() > ROLES_MAX {
            self.refuse(0..0, format!("a pack has 1 to {ROLES_MAX} roles"));
        }
        let mut keys = HashSet::new();
        let mut ranks = HashSet::new();
        let mut inbound = HashMap::new();
        for role in &pack.roles {
            let key = role.key.get_ref();
            if key.is_empty() || !key.bytes().all(is_key_byte) {
                self.refuse(
                    role.key.span(),
                    format!("`{key}` is not a role's key: a-z, 0-9 and _"),
                );
            }
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
            if !role
                .inbound
                .iter()
                .any(|word| word.get_ref() == role.outbound.get_ref())
            {
                let message = format!(
                    "`{}` must be in this role's `inbound`",
                    role.outbound.get_ref()
                );
                self.refuse(role.outbound.span(), message);
            }
        }
        let mut by_rank: Vec<_> = pack.roles.iter().collect();
        by_rank.sort_by_key(|role| *role.rank.get_ref());
        by_rank
            .into_iter()
            .map(|role| Role {
                key: role.key.get_ref().clone(),
                title: role.title.clone(),
                inbound: role
                    .inbound
                    .iter()
                    .map(|word| word.get_ref().clone())
                    .collect(),
                outbound: role.outbound.get_ref().clone(),
                grants: Grants::default(),
            })
            .collect()
    }

    fn project_from(&mut self, roles: &[Role], word: &Word) -> RoleId {
        org_role(roles, word.get_ref()).unwrap_or_else(|| {
            self.refuse(
                word.span(),
                format!("there is no role `{}`", word.get_ref()),
            );
            RoleId(u8::MAX)
        })
    }

    /// Our permissions, then the pack's own in the order of their keys.
    fn permission_keys(&mut self, pack: &PackFile) -> Vec<String> {
        let mut keys: Vec<String> = permission::ALL.iter().map(|d| d.key.to_owned()).collect();
        for word in pack.permissions.keys() {
            let key = word.get_ref();
            if permission::ALL.iter().any(|declared| declared.key == key) {
                continue;
            }
            let Some(resource) = resource_of(key) else {
                self.refuse(
                    word.span(),
                    format!("`{key}` is not of the form resource:action"),
                );
                continue;
            };
            if permission::ALL
                .iter()
                .any(|d| resource_of(d.key) == Some(resource))
            {
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

    fn plan(&mut self, plan: &PlanFile) -> Plan {
        let members_max = *plan.members_max.get_ref();
        if members_max == 0 {
            let message = "an organization has at least one member".to_owned();
            self.refuse(plan.members_max.span(), message);
        }
        Plan { members_max }
    }

    fn grant(&mut self, pack: &mut Pack, permission: Permission, key: &Word, grant: &GrantFile) {
        let columns = [
            (Column::All, &grant.all),
            (Column::Project, &grant.project),
            (Column::Own, &grant.own),
        ];
        let mut seen = HashSet::new();
        for (column, words) in columns {
            for word in words {
                let name = word.get_ref();
                if !seen.insert(name) {
                    self.refuse(word.span(), format!("`{name}` stands twice in this line"));
                    continue;
                }
                match self.holder(&pack.roles, word, column) {
                    Some(Holder::AdminStaff) => pack.admin_staff.insert(permission),
                    Some(Holder::Project(ProjectRole::Lead)) => pack.lead.insert(permission),
                    Some(Holder::Project(ProjectRole::Contributor)) => {
                        pack.contributor.insert(permission);
                    }
                    Some(Holder::Org(role)) => {
                        if let Some(role) = pack.roles.get_mut(role.index()) {
                            column.of(&mut role.grants).insert(permission);
                        }
                    }
                    None => {}
                }
            }
        }
        if seen.is_empty() {
            self.refuse(key.span(), format!("nobody holds `{}`", key.get_ref()));
        }
    }

    fn holder(&mut self, roles: &[Role], word: &Word, column: Column) -> Option<Holder> {
        let name = word.get_ref();
        if let Some(role) = org_role(roles, name) {
            return Some(Holder::Org(role));
        }
        let problem = match (PlatformRole::from_key(name), ProjectRole::from_key(name)) {
            (Some(PlatformRole::AdminStaff), _) if column == Column::All => {
                return Some(Holder::AdminStaff);
            }
            (_, Some(role)) if column == Column::Project => return Some(Holder::Project(role)),
            (Some(PlatformRole::AdminStaff), _) => format!("`{name}` can only stand under `all`"),
            (Some(PlatformRole::SuperAdmin), _) => format!("`{name}` holds everything unnamed"),
            (_, Some(_)) => format!("`{name}` can only stand under `project`"),
            (Some(PlatformRole::None) | None, None) => format!("there is no role `{name}`"),
        };
        self.refuse(word.span(), problem);
        None
    }

    /// What mounted code checks must be held by some organization or project role, or its routes
    /// would be closed to everybody by mistake.
    fn all_held(&mut self, file: &PackFile, pack: &Pack) {
        for declared in permission::ALL
            .iter()
            .filter(|declared| pack.mounts(declared.module))
        {
            let by_role = pack.roles.iter().any(|role| {
                [&role.grants.all, &role.grants.project, &role.grants.own]
                    .iter()
                    .any(|set| set.contains(declared.permission))
            });
            let by_project_role = [&pack.lead, &pack.contributor]
                .iter()
                .any(|set| set.contains(declared.permission));
            if by_role || by_project_role {
                continue;
            }
            let row = file
                .permissions
                .keys()
                .find(|key| key.get_ref() == declared.key);
            let module = file
                .modules
                .iter()
                .find(|word| word.get_ref() == declared.module);
            let span = row.or(module).map_or(0..0, Word::span);
            let (key, module) = (declared.key, declared.module);
            self.refuse(
                span,
                format!("module `{module}` checks `{key}`, and no role holds it"),
            );
        }
    }
}

impl Column {
    fn of(self, grants: &mut Grants) -> &mut PermissionSet {
        match self {
            Self::All => &mut grants.all,
            Self::Project => &mut grants.project,
            Self::Own => &mut grants.own,
        }
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
