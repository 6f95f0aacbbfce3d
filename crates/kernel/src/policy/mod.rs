//! The policy engine: a pack is read, checked and compiled once; a decision is a few bit tests.
//!
//! What a request may do is the union over independent axes (platform role, organization role,
//! project role), never one ladder. The pack is data, so organization roles are data too: code
//! asks for a [`permission`], and mirrors store a role's key.

mod actor;
mod check;
mod decide;
mod file;
mod matrix;
pub mod permission;
mod provider;
#[cfg(test)]
mod tests;

use std::collections::HashMap;
use std::sync::{Arc, LazyLock};

pub use actor::{Actor, Standing};
pub use decide::{Decision, Reach, Reason};
pub use file::{PackError, PackErrors};
pub use permission::Permission;
use permission::PermissionSet;
pub use provider::{Inbound, ProviderRoles};

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
#[derive(Clone, Copy, Default)]
struct Grants {
    all: PermissionSet,
    project: PermissionSet,
    own: PermissionSet,
}

/// An organization role as the pack describes it.
struct Role {
    key: String,
    title: String,
    inbound: Vec<String>,
    outbound: String,
    grants: Grants,
}

/// A checked and compiled policy pack. Immutable; share it by [`Arc`].
pub struct Pack {
    name: String,
    modules: Vec<&'static str>,
    /// The least first, at least one.
    roles: Vec<Role>,
    /// Permission keys, ours first, in the order of their bits.
    permissions: Vec<String>,
    by_key: HashMap<String, Permission>,
    admin_staff: PermissionSet,
    /// The role from which project roles add something.
    project_from: RoleId,
    lead: PermissionSet,
    contributor: PermissionSet,
    starter: Plan,
    pro: Plan,
}

impl Pack {
    /// Reads, checks and compiles a pack. `file` only names it in errors.
    ///
    /// # Errors
    /// Everything that is wrong, each with its line.
    pub fn parse(file: &str, text: &str) -> Result<Self, PackErrors> {
        let parsed = file::parse(file, text)?;
        check::compile(file, text, &parsed)
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

    /// The keys of all that `actor` may do at least somewhere, in a stable order.
    #[must_use]
    pub fn held(&self, actor: &Actor) -> Vec<&str> {
        let allowed = self
            .permissions()
            .filter(|p| self.decide(actor, *p).is_allowed());
        allowed.map(|p| self.permission_key(p)).collect()
    }

    /// What `tier` allows an organization to have.
    #[must_use]
    pub const fn plan(&self, tier: Tier) -> Plan {
        match tier {
            Tier::Starter => self.starter,
            Tier::Pro => self.pro,
        }
    }

    fn role_data(&self, role: RoleId) -> Option<&Role> {
        self.roles.get(role.index())
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

/// The workspace's pack, compiled into the binary.
#[must_use]
pub fn default_pack() -> Arc<Pack> {
    static PACK: LazyLock<Arc<Pack>> = LazyLock::new(|| {
        let text = include_str!(concat!(
            env!("CARGO_MANIFEST_DIR"),
            "/../../policies/default.toml"
        ));
        #[expect(
            clippy::expect_used,
            reason = "compiled in, and parsed by every test run"
        )]
        Arc::new(Pack::parse("policies/default.toml", text).expect("the default pack is valid"))
    });
    Arc::clone(&PACK)
}
