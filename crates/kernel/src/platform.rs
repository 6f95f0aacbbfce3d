//! What the people who operate the installation may do there.
//!
//! It is said here and not in a policy pack: a pack is about what people do in organizations, and
//! no mistake in one may hand the installation to a member of a customer's.

use crate::role::PlatformRole;

/// What these permissions are about. No pack has permissions of that name.
pub const RESOURCE: &str = "platform";

macro_rules! permissions {
    ($($(#[$doc:meta])* $name:ident = $key:literal, $is_for_staff:literal;)+) => {
        /// Something that one does to the installation, whatever organization one is in.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum PlatformPermission {
            $($(#[$doc])* $name,)+
        }

        impl PlatformPermission {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$name),+];

            /// The key, as answers name it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $key),+ }
            }

            const fn is_for_staff(self) -> bool {
                match self { $(Self::$name => $is_for_staff),+ }
            }
        }
    };
}

// The last word of a line: whether `admin_staff` holds it. They view and edit; what is a setting of
// the installation, and what people wrote elsewhere, is for `super_admin`.
permissions! {
    /// See how the installation is: what waits, what was given up.
    ReadStatus = "platform:read_status", true;
    /// See all organizations, and how far their tenants are made.
    ReadOrganizations = "platform:read_organizations", true;
    /// Have a tenant made that could not be made.
    Provision = "platform:provision", true;
    /// See which webhooks came and what became of them.
    ReadInbox = "platform:read_inbox", true;
    /// See what a webhook said, personal data included.
    ReadPayloads = "platform:read_payloads", false;
    /// Have webhooks processed again that were given up.
    Replay = "platform:replay", true;
    /// Find people by id or address, and see where they belong.
    ReadUsers = "platform:read_users", true;
    /// See whose e-mail is somebody else's as well.
    ReadConflicts = "platform:read_conflicts", true;
    /// Say that such a conflict has been looked at.
    ResolveConflicts = "platform:resolve_conflicts", true;
    /// See the feature flags.
    ReadFlags = "platform:read_flags", true;
    /// Switch them, for everybody or for one organization.
    SetFlags = "platform:set_flags", false;
    /// Sign in as somebody below oneself, for a time and a reason.
    Impersonate = "platform:impersonate", true;
}

impl PlatformRole {
    /// Whether who has this role may do that. `super_admin` may do everything.
    #[must_use]
    pub const fn may(self, permission: PlatformPermission) -> bool {
        match self {
            Self::SuperAdmin => true,
            Self::AdminStaff => permission.is_for_staff(),
            Self::None => false,
        }
    }

    /// The keys of all that who has this role may do.
    pub fn permissions(self) -> impl Iterator<Item = &'static str> {
        let all = PlatformPermission::ALL.iter();
        all.filter(move |permission| self.may(**permission))
            .map(|permission| permission.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_unique_and_of_the_platform() {
        let mut keys: Vec<&str> = PlatformPermission::ALL.iter().map(|p| p.as_str()).collect();
        keys.sort_unstable();
        keys.dedup();
        assert_eq!(keys.len(), PlatformPermission::ALL.len());
        assert!(keys.iter().all(|key| key.starts_with("platform:")));
    }

    #[test]
    fn nobody_holds_more_than_a_super_admin_and_everybody_else_nothing() {
        let held = |role: PlatformRole| role.permissions().count();
        assert_eq!(held(PlatformRole::None), 0);
        assert_eq!(
            held(PlatformRole::SuperAdmin),
            PlatformPermission::ALL.len()
        );
        let staff: Vec<&str> = PlatformRole::AdminStaff.permissions().collect();
        assert!(!staff.contains(&"platform:read_payloads"), "{staff:?}");
        assert!(staff.contains(&"platform:read_inbox"), "{staff:?}");
    }
}
