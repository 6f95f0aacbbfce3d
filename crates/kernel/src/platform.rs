//! What the people who operate the installation may do there.
//!
//! It is said here and not in a policy pack: a pack is about what people do in organizations, and
//! no mistake in one may hand the installation to a member of a customer's.

use crate::role::PlatformRole;

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

// The last word of a line: whether `admin_staff` holds it.
permissions! {
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
    fn a_super_admin_holds_everything_and_who_operates_nothing_nothing() {
        for permission in PlatformPermission::ALL {
            assert!(PlatformRole::SuperAdmin.may(*permission));
            assert!(!PlatformRole::None.may(*permission));
        }
    }
}
