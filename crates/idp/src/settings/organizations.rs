//! Settings: organizations, their roles, domains and invitations.

use serde::{Deserialize, Serialize};

/// Section `[organizations]`: organizations, their roles, domains and invitations.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Organizations {
    /// Whether there are organizations at all.
    pub enabled: bool,
    /// Members that a new organization may have, invited ones included; 0 means no bound.
    pub max_allowed_memberships: i64,
    /// Whether a user must choose an organization after signing in.
    pub force_organization_selection: bool,
    /// Whether new users may create organizations; servers decide it for each user.
    pub users_can_create: bool,
    /// How many organizations a user may create; none means no limit. Each user's own limit, where
    /// there is one, goes first.
    pub max_created_by_user: Option<i64>,
    /// Whether admins of a new organization may delete it.
    pub admin_delete_enabled: bool,
    /// Whether people choose no slugs: the name suggests one.
    pub slug_disabled: bool,
    /// Whether the form of a new organization comes with a suggested name.
    pub creation_defaults: bool,
    /// Days after which an invitation ends that says nothing else; 1 to 365.
    pub invitations_expire_in_days: u16,
    /// Key of the role that the creator of an organization gets.
    pub creator_role: String,
    /// Whom domains bring.
    pub domains: Domains,
    /// Most roles that the Backend API makes; the file may have more.
    pub max_allowed_roles: i64,
    /// Most role sets that the Backend API makes.
    pub max_allowed_role_sets: i64,
    /// Most permissions that the Backend API makes.
    pub max_allowed_permissions: i64,
    /// Permissions beside those of the system.
    pub permissions: Vec<Permission>,
    /// Roles beside `org:admin` and `org:member`, which can be redefined here too.
    pub roles: Vec<Role>,
    /// Sets of roles beside the initial one, which has all roles of this file.
    pub role_sets: Vec<RoleSet>,
}

/// Section `[organizations.domains]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Domains {
    /// Whether organizations can claim domains.
    pub enabled: bool,
    /// What a verified domain may do.
    pub enrollment_modes: Vec<EnrollmentMode>,
    /// Key of the role of whoever joins by a domain.
    pub default_role: String,
    /// Most domains of one organization.
    pub max_allowed_domains: i64,
}

/// What a verified domain does with users whose address is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EnrollmentMode {
    /// Nothing.
    ManualInvitation,
    /// Invites them.
    AutomaticInvitation,
    /// Tells them that they can ask to join.
    AutomaticSuggestion,
}

impl EnrollmentMode {
    /// The protocol's word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ManualInvitation => "manual_invitation",
            Self::AutomaticInvitation => "automatic_invitation",
            Self::AutomaticSuggestion => "automatic_suggestion",
        }
    }

    /// Reads the protocol's word.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "manual_invitation" => Self::ManualInvitation,
            "automatic_invitation" => Self::AutomaticInvitation,
            "automatic_suggestion" => Self::AutomaticSuggestion,
            _ => return None,
        })
    }
}

/// An entry of `[[organizations.permissions]]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Permission {
    /// `org:<feature>:<verb>`.
    pub key: String,
    /// For people.
    pub name: String,
    /// For people.
    #[serde(default)]
    pub description: String,
}

/// An entry of `[[organizations.roles]]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Role {
    /// `org:<name>`.
    pub key: String,
    /// For people.
    pub name: String,
    /// For people.
    #[serde(default)]
    pub description: String,
    /// Keys of permissions.
    pub permissions: Vec<String>,
}

/// An entry of `[[organizations.role_sets]]`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RoleSet {
    /// `role_set:<name>`.
    pub key: String,
    /// For people.
    pub name: String,
    /// For people.
    #[serde(default)]
    pub description: String,
    /// Keys of roles.
    pub roles: Vec<String>,
    /// Key of the role of whoever joins.
    pub default_role: String,
    /// Key of the role that the creator gets.
    pub creator_role: String,
}

impl Default for Organizations {
    fn default() -> Self {
        Self {
            enabled: true,
            max_allowed_memberships: 100,
            force_organization_selection: false,
            users_can_create: true,
            max_created_by_user: None,
            admin_delete_enabled: true,
            slug_disabled: false,
            creation_defaults: false,
            invitations_expire_in_days: 30,
            creator_role: "org:admin".to_owned(),
            domains: Domains::default(),
            max_allowed_roles: 50,
            max_allowed_role_sets: 20,
            max_allowed_permissions: 200,
            permissions: Vec::new(),
            roles: Vec::new(),
            role_sets: Vec::new(),
        }
    }
}

impl Default for Domains {
    fn default() -> Self {
        Self {
            enabled: true,
            enrollment_modes: vec![
                EnrollmentMode::ManualInvitation,
                EnrollmentMode::AutomaticInvitation,
                EnrollmentMode::AutomaticSuggestion,
            ],
            default_role: "org:member".to_owned(),
            max_allowed_domains: 10,
        }
    }
}
