//! The permissions that our code checks, and sets of permissions as bits.

/// A permission, as an index that is good for one pack: the constants of this module are good for
/// every pack, those of [`crate::policy::Pack::permission`] for the pack that gave them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Permission(u16);

impl Permission {
    /// How many permissions one pack may know, ours included: what the bits of a set allow.
    pub const MAX: usize = PermissionSet::WORDS * 64;

    pub(super) const fn index(self) -> usize {
        self.0 as usize
    }

    pub(super) fn at(index: usize) -> Option<Self> {
        (index < Self::MAX)
            .then(|| u16::try_from(index).map(Self).ok())
            .flatten()
    }

    /// The key `resource:action` of one of our own; a pack knows the keys of its own.
    #[must_use]
    pub fn declared_key(self) -> Option<&'static str> {
        ALL.get(self.index()).map(|declared| declared.key)
    }
}

impl std::fmt::Debug for Permission {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.declared_key() {
            Some(key) => write!(f, "Permission({key})"),
            None => write!(f, "Permission(#{})", self.0),
        }
    }
}

/// A permission that our code checks.
#[derive(Debug, Clone, Copy)]
pub struct Declared {
    /// The constant.
    pub permission: Permission,
    /// `resource:action`, as packs and clients write it.
    pub key: &'static str,
    /// The module whose routes check it; [`PLATFORM`] is always mounted.
    pub module: &'static str,
}

/// The module that every pack has without naming it.
pub const PLATFORM: &str = "platform";

macro_rules! permissions {
    ($($module:ident { $($(#[$doc:meta])* $name:ident = $key:literal;)+ })+) => {
        #[expect(non_camel_case_types, reason = "only counts the constants")]
        enum Index { $($($name,)+)+ }

        $($($(#[$doc])* pub const $name: Permission = Permission(Index::$name as u16);)+)+

        /// Every permission that our code checks, in the order of their bits.
        pub const ALL: &[Declared] = &[
            $($(Declared { permission: $name, key: $key, module: stringify!($module) },)+)+
        ];

        /// Every module that has routes, [`PLATFORM`] first.
        pub const MODULES: &[&str] = &[$(stringify!($module)),+];
    };
}

permissions! {
    platform {
        /// See the organization one is in.
        ORG_READ = "organization:read";
        /// Change the organization's name, slug and settings.
        ORG_UPDATE = "organization:update";
        /// See who else is in the organization.
        USERS_READ = "users:read";
        /// Invite people into the organization, and see who is invited.
        USERS_INVITE = "users:invite";
        /// Change members' roles, suspend them and let them in again.
        USERS_UPDATE = "users:update";
        /// Take members out of the organization.
        USERS_REMOVE = "users:remove";
        /// Say what members may do beside their role.
        USERS_GRANT = "users:grant";
        /// See what was done in the organization, and by whom.
        AUDIT_READ = "audit:read";
    }
    projects {
        /// See projects.
        PROJECTS_READ = "projects:read";
        /// Start a project.
        PROJECTS_CREATE = "projects:create";
        /// Change a project's name and description.
        PROJECTS_UPDATE = "projects:update";
        /// Delete a project with all that is in it.
        PROJECTS_DELETE = "projects:delete";
        /// See who is on a project.
        PROJECT_MEMBERS_READ = "project_members:read";
        /// Say who is on a project, and as what.
        PROJECT_MEMBERS_MANAGE = "project_members:manage";
    }
    documents {
        /// See and download documents.
        DOCUMENTS_READ = "documents:read";
        /// Upload documents.
        DOCUMENTS_UPLOAD = "documents:upload";
        /// Delete documents and their objects.
        DOCUMENTS_DELETE = "documents:delete";
    }
    approvals {
        /// See what was asked for and how it was decided.
        APPROVALS_READ = "approvals:read";
        /// Ask for something that somebody else decides on.
        APPROVALS_REQUEST = "approvals:request";
        /// Decide on what others ask for.
        APPROVALS_APPROVE = "approvals:approve";
    }
}

/// Those of ours whose statements keep a data window. A window on any other of ours is refused
/// rather than ignored.
pub const WINDOWED: &[Permission] = &[APPROVALS_READ];

/// Those of ours that are about something with an owner and without a project: `own` is a reach
/// for these alone, and `project` for none of them. One's own of the audit is what one did, and what
/// was done to one.
pub const OWNED: &[Permission] = &[AUDIT_READ, APPROVALS_READ];

/// Those of ours that are about something in a project.
pub const IN_PROJECTS: &[Permission] = &[
    PROJECTS_READ,
    PROJECTS_UPDATE,
    PROJECTS_DELETE,
    PROJECT_MEMBERS_READ,
    PROJECT_MEMBERS_MANAGE,
    DOCUMENTS_READ,
    DOCUMENTS_UPLOAD,
    DOCUMENTS_DELETE,
];

/// Those of ours that nobody uses in another's name: what they give or take outlives the
/// impersonation, or it is a person's own word that counts.
pub const IN_PERSON: &[Permission] = &[
    USERS_INVITE,
    USERS_UPDATE,
    USERS_REMOVE,
    USERS_GRANT,
    APPROVALS_APPROVE,
];

/// A set of permissions of one pack, as bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct PermissionSet([u64; Self::WORDS]);

impl PermissionSet {
    const WORDS: usize = 4;
    /// None.
    pub(super) const EMPTY: Self = Self([0; Self::WORDS]);

    /// Those of the list.
    pub(super) fn of(permissions: &[Permission]) -> Self {
        let mut set = Self::EMPTY;
        for permission in permissions {
            set.insert(*permission);
        }
        set
    }

    /// Its members, by their bits.
    pub(super) fn iter(self) -> impl Iterator<Item = Permission> {
        self.0.into_iter().enumerate().flat_map(|(word, bits)| {
            let lowest_gone = |left: &u64| Some(left & (left - 1)).filter(|left| *left != 0);
            std::iter::successors(Some(bits).filter(|bits| *bits != 0), lowest_gone)
                .filter_map(move |left| Permission::at(word * 64 + left.trailing_zeros() as usize))
        })
    }

    /// Whether nothing is in it.
    pub(super) fn is_empty(self) -> bool {
        self == Self::EMPTY
    }

    /// Adds `permission`.
    pub(super) fn insert(&mut self, permission: Permission) {
        if let Some(word) = self.0.get_mut(permission.index() / 64) {
            *word |= 1 << (permission.index() % 64);
        }
    }

    /// Whether `permission` is in it.
    #[inline]
    pub(super) fn contains(&self, permission: Permission) -> bool {
        let word = self.0.get(permission.index() / 64).copied().unwrap_or(0);
        word >> (permission.index() % 64) & 1 == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constants_and_list_agree() {
        for (index, declared) in ALL.iter().enumerate() {
            assert_eq!(declared.permission.index(), index);
            assert_eq!(
                ALL.iter().filter(|other| other.key == declared.key).count(),
                1
            );
            assert!(MODULES.contains(&declared.module));
        }
        assert_eq!(MODULES.first(), Some(&PLATFORM));
        assert_eq!(DOCUMENTS_DELETE.declared_key(), Some("documents:delete"));
    }

    #[test]
    fn a_set_holds_exactly_what_was_put_in() {
        let mut set = PermissionSet::default();
        let members = [0, 1, 63, 64, 128, 255];
        for index in members {
            set.insert(Permission::at(index).unwrap());
        }
        assert!(set.iter().map(Permission::index).eq(members));
        assert_eq!(PermissionSet::EMPTY.iter().count(), 0);
        for index in 0..Permission::MAX {
            assert_eq!(
                set.contains(Permission::at(index).unwrap()),
                members.contains(&index)
            );
        }
        assert_eq!(Permission::at(Permission::MAX), None);
    }
}
