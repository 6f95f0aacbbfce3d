//! The policy engine: a pack is read, checked and compiled once; a decision is a few bit tests.
//!
//! What a request may do is the union over independent axes (platform role, organization role,
//! project role), never one ladder. The pack is data, so organization roles are data too: code
//! asks for a [`permission`], and mirrors store a role's key.

mod actor;
mod builtin;
mod check;
mod decide;
mod escalate;
mod file;
#[cfg(test)]
mod grant_tests;
mod grants;
mod held;
mod matrix;
mod module;
#[cfg(test)]
mod module_tests;
mod needs;
mod page;
pub mod permission;
mod provider;
#[cfg(test)]
mod tests;
mod window;

use std::collections::HashMap;

pub use actor::{Actor, Standing};
pub use builtin::{BUILTIN, builtin, builtin_with, default_pack};
pub use decide::{Decision, Extent, Holder, Reach, Reason};
pub use escalate::Overreach;
pub use file::{PackError, PackErrors};
pub use grants::{Granted, Grants, GrantsChange, PageGrant, UnreadableGrants};
use held::Held;
pub use module::{Checked, ModulePolicy};
pub use page::{Action, PageId};
use page::{Page, PageSet};
pub use permission::Permission;
use permission::PermissionSet;
pub use provider::{Inbound, ProviderRoles};
pub use window::{AccessWindow, BadWindow, Day, Hours, Window};

use crate::plan::{Plan, Tier};
use crate::role::ProjectRole;

/// An organization role of one pack. Orders by rank: the lesser role is the lesser id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RoleId(u8);

impl RoleId {
    fn index(self) -> usize {
        usize::from(self.0)
    }
}

/// How far each permission goes for one role.
#[derive(Default)]
struct RoleGrants {
    all: Held,
    project: Held,
    own: Held,
}

/// An organization role as the pack describes it.
struct Role {
    key: String,
    title: String,
    inbound: Vec<String>,
    outbound: String,
    grants: RoleGrants,
    pages: PageSet,
    /// The roles that may give this one and change who has it.
    assigned_by: Vec<RoleId>,
    assigned_by_staff: bool,
    hours: Option<Hours>,
}

/// Grants under a name, to be given together.
#[derive(Debug)]
pub struct Template {
    /// The key, as requests name it.
    pub key: String,
    /// The name for people.
    pub title: String,
    /// What it grants.
    pub pages: std::collections::BTreeMap<String, PageGrant>,
}

/// A checked and compiled policy pack. Immutable; share it by [`Arc`].
pub struct Pack {
    name: String,
    modules: Vec<&'static str>,
    /// What a product adds to ours.
    own_modules: Vec<ModulePolicy>,
    /// The least first, at least one.
    roles: Vec<Role>,
    /// Permission keys, ours first, in the order of their bits.
    permissions: Vec<String>,
    by_key: HashMap<String, Permission>,
    admin_staff: PermissionSet,
    /// What nobody does in another's name.
    in_person: PermissionSet,
    admin_staff_pages: PageSet,
    /// The role from which project roles add something; beyond all where none does.
    project_from: RoleId,
    lead: PermissionSet,
    contributor: PermissionSet,
    pages: Vec<Page>,
    templates: Vec<Template>,
    starter: Plan,
    pro: Plan,
}

impl Pack {
    /// Reads, checks and compiles a pack. `file` only names it in errors.
    ///
    /// # Errors
    /// Everything that is wrong, each with its line.
    pub fn parse(file: &str, text: &str) -> Result<Self, PackErrors> {
        Self::parse_with(file, text, &[])
    }

    /// The same for a binary that has these modules of a product's own.
    ///
    /// # Errors
    /// Everything that is wrong, each with its line; also where the pack grants what the modules do
    /// not check or do not keep, or where nobody holds what they check.
    pub fn parse_with(
        file: &str,
        text: &str,
        modules: &[ModulePolicy],
    ) -> Result<Self, PackErrors> {
        let parsed = file::parse(file, text)?;
        check::compile(file, text, &parsed, modules)
    }

    /// The pack's name.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Whether the routes of `module` are mounted.
    #[must_use]
    pub fn mounts(&self, module: &str) -> bool {
        self.modules.contains(&module)
    }

    /// Every organization role, the least first.
    pub fn roles(&self) -> impl DoubleEndedIterator<Item = RoleId> + Clone + use<> {
        (0..u8::try_from(self.roles.len()).unwrap_or(u8::MAX)).map(RoleId)
    }

    /// The role of that key. A key stored under another pack may be unknown here, and then holds
    /// nothing.
    #[must_use]
    pub fn role(&self, key: &str) -> Option<RoleId> {
        self.roles().find(|role| self.role_key(*role) == key)
    }

    /// The key of `role`, as mirrors store it.
    #[must_use]
    pub fn role_key(&self, role: RoleId) -> &str {
        self.role_data(role).map_or("", |data| data.key.as_str())
    }

    /// The name of `role` for people.
    #[must_use]
    pub fn role_title(&self, role: RoleId) -> &str {
        self.role_data(role).map_or("", |data| data.title.as_str())
    }

    /// What the provider calls `role`, where it has it.
    #[must_use]
    pub fn role_outbound(&self, role: RoleId) -> &str {
        self.role_data(role)
            .map_or("", |data| data.outbound.as_str())
    }

    /// The role that an organization's creator gets, and of which one member always remains.
    #[must_use]
    pub fn top_role(&self) -> RoleId {
        self.roles().next_back().unwrap_or(RoleId(0))
    }

    /// The role that somebody gets of whom nothing better is known.
    #[must_use]
    pub fn least_role(&self) -> RoleId {
        RoleId(0)
    }

    /// The permission of that key, one of the pack's own included.
    #[must_use]
    pub fn permission(&self, key: &str) -> Option<Permission> {
        self.by_key.get(key).copied()
    }

    /// The key of a permission of this pack.
    #[must_use]
    pub fn permission_key(&self, permission: Permission) -> &str {
        self.permissions
            .get(permission.index())
            .map_or("", String::as_str)
    }

    /// Every permission that the pack knows, ours first.
    pub fn permissions(&self) -> impl Iterator<Item = Permission> + use<> {
        (0..self.permissions.len()).filter_map(Permission::at)
    }

    /// Whether a product or a mounted route may ask for it: one of ours whose module is not
    /// mounted means nothing here.
    #[must_use]
    pub fn is_live(&self, permission: Permission) -> bool {
        let declared = permission::ALL.get(permission.index());
        declared.is_none_or(|declared| self.mounts(declared.module))
    }

    /// The keys of all that `actor` may do at least somewhere, in a stable order.
    #[must_use]
    pub fn held(&self, actor: &Actor) -> Vec<&str> {
        let allowed = self
            .permissions()
            .filter(|p| self.is_live(*p) && self.decide(actor, *p).is_allowed());
        allowed.map(|p| self.permission_key(p)).collect()
    }

    /// Whether whoever checks `permission` keeps a data window: a product does for its own.
    #[must_use]
    pub fn honours_window(&self, permission: Permission) -> bool {
        match self.of_modules(self.permission_key(permission)) {
            Some(checked) => checked.is_windowed(),
            None => {
                permission.declared_key().is_none() || permission::WINDOWED.contains(&permission)
            }
        }
    }

    /// Every page, in the order of the pack.
    pub fn pages(&self) -> impl Iterator<Item = PageId> + Clone + use<> {
        (0..u8::try_from(self.pages.len()).unwrap_or(u8::MAX)).map(PageId)
    }

    /// The page of that key.
    #[must_use]
    pub fn page(&self, key: &str) -> Option<PageId> {
        self.pages().find(|page| self.page_key(*page) == key)
    }

    /// The key of `page`.
    #[must_use]
    pub fn page_key(&self, page: PageId) -> &str {
        self.page_data(page).map_or("", |data| data.key.as_str())
    }

    /// The name of `page` for people.
    #[must_use]
    pub fn page_title(&self, page: PageId) -> &str {
        self.page_data(page).map_or("", |data| data.title.as_str())
    }

    /// The part of the interface that `page` belongs to.
    #[must_use]
    pub fn page_group(&self, page: PageId) -> &str {
        self.page_data(page).map_or("", |data| data.group.as_str())
    }

    /// Whether everybody in the organization views `page` without a grant.
    #[must_use]
    pub fn is_always_accessible(&self, page: PageId) -> bool {
        self.page_data(page).is_some_and(|data| data.always)
    }

    /// Whether `page` knows `action`.
    #[must_use]
    pub fn offers(&self, page: PageId, action: Action) -> bool {
        let data = self.page_data(page);
        data.is_some_and(|data| data.gives(action).offered)
    }

    /// Grants under names, in the order of the pack.
    #[must_use]
    pub fn templates(&self) -> &[Template] {
        &self.templates
    }

    /// When one of `role` may act, where that is limited.
    #[must_use]
    pub fn role_hours(&self, role: RoleId) -> Option<&Hours> {
        self.role_data(role)?.hours.as_ref()
    }

    /// What `tier` allows an organization to have.
    #[must_use]
    pub const fn plan(&self, tier: Tier) -> &Plan {
        match tier {
            Tier::Starter => &self.starter,
            Tier::Pro => &self.pro,
        }
    }

    /// Whether `tier` gives the entitlement; none where no plan of the pack knows it.
    #[must_use]
    pub fn entitles(&self, tier: Tier, entitlement: &str) -> Option<bool> {
        let gives = |tier: &Tier| {
            let mut given = self.plan(*tier).entitlements.iter();
            given.any(|key| key == entitlement)
        };
        Tier::ALL.iter().any(gives).then(|| gives(&tier))
    }

    fn page_data(&self, page: PageId) -> Option<&Page> {
        self.pages.get(page.index())
    }

    fn role_data(&self, role: RoleId) -> Option<&Role> {
        self.roles.get(role.index())
    }

    /// Whether being on a project adds anything for anybody.
    #[must_use]
    pub fn has_project_roles(&self) -> bool {
        self.project_from.index() < self.roles.len()
    }

    const fn project_role_grants(&self, role: ProjectRole) -> &PermissionSet {
        match role {
            ProjectRole::Lead => &self.lead,
            ProjectRole::Contributor => &self.contributor,
        }
    }
}

impl std::fmt::Debug for Pack {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Pack({}, {} roles)", self.name, self.roles.len())
    }
}
