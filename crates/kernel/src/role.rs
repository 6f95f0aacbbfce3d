//! The axes of rights whose names are ours. Organization roles are not here but data: they come
//! from the policy pack, see [`crate::policy::RoleId`].

use serde::{Deserialize, Serialize};

/// Keys of the default pack's organization roles, for seeds and tests. Code asks for permissions,
/// never for these.
pub mod default_key {
    /// Everything, the end of the organization included.
    pub const OWNER: &str = "owner";
    /// Everything but what ends the organization or its projects.
    pub const ADMIN: &str = "admin";
    /// A member who also checks others' work.
    pub const MANAGER: &str = "manager";
    /// Works in the projects one is on.
    pub const MEMBER: &str = "member";
    /// Reads in the projects one is on.
    pub const VIEWER: &str = "viewer";
}

macro_rules! fixed_roles {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $key:tt,)+ }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
        pub enum $name {
            $($(#[$vdoc])* #[serde(rename = $key)] $variant,)+
        }

        impl $name {
            /// All of them, the least first.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The name in the database, in JSON and in packs.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $key),+ }
            }

            /// The role of that name.
            #[must_use]
            pub fn from_key(key: &str) -> Option<Self> {
                match key {
                    $($key => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

fixed_roles! {
    /// A person's part in operating the whole installation; nothing to do with organizations.
    PlatformRole {
        /// No part in it: everybody else.
        None = "none",
        /// Views and edits in every organization; deletes no users, changes no settings.
        AdminStaff = "admin_staff",
        /// May do everything, everywhere.
        SuperAdmin = "super_admin",
    }
}

fixed_roles! {
    /// A member's part in one project.
    ProjectRole {
        /// Works on it.
        Contributor = "contributor",
        /// Works on it and says who does.
        Lead = "lead",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_go_both_ways_and_rank() {
        for role in PlatformRole::ALL {
            assert_eq!(PlatformRole::from_key(role.as_str()), Some(*role));
        }
        for role in ProjectRole::ALL {
            assert_eq!(ProjectRole::from_key(role.as_str()), Some(*role));
            assert_eq!(serde_json::to_string(role).unwrap(), format!("\"{role}\""));
        }
        assert_eq!(ProjectRole::from_key("Lead"), None);
        assert!(ProjectRole::Contributor < ProjectRole::Lead);
        assert!(PlatformRole::None < PlatformRole::AdminStaff);
    }
}
