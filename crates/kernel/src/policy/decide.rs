//! The decision: actor × permission → reach or refusal. No allocation, no branch on text.

use super::{Actor, Pack, Permission, Standing};
use crate::error::{Code, Problem};
use crate::role::PlatformRole;

/// How far a permission goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reach {
    /// What one has made or is assigned.
    Own,
    /// The projects that one is on.
    Project,
    /// Everything in the organization.
    All,
}

impl Reach {
    /// The word of packs and of the matrix.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Project => "project",
            Self::All => "all",
        }
    }
}

/// Why not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reason {
    /// The actor has no role in the organization and none on the platform that helps.
    NoRole,
    /// The role would reach the project if the actor were on it: to the actor it does not exist.
    NotOnProject,
    /// No role of the actor grants it.
    NotGranted,
}

/// The answer to "may they".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Yes, this far. The caller narrows its statement to it.
    Allowed(Reach),
    /// No.
    Denied {
        /// What a client is told where the thing's existence is no secret.
        code: Code,
        /// What the caller does about it.
        reason: Reason,
    },
}

impl Decision {
    /// Whether it is a yes, however far.
    #[must_use]
    pub const fn is_allowed(self) -> bool {
        matches!(self, Self::Allowed(_))
    }

    /// The reach of a yes.
    #[must_use]
    pub const fn reach(self) -> Option<Reach> {
        match self {
            Self::Allowed(reach) => Some(reach),
            Self::Denied { .. } => None,
        }
    }

    /// The reach, or the refusal as a problem: `NOT_FOUND` where the actor is not on the project,
    /// since then its existence is none of their business.
    ///
    /// # Errors
    /// The refusal.
    pub fn into_reach(self) -> Result<Reach, Problem> {
        match self {
            Self::Allowed(reach) => Ok(reach),
            Self::Denied {
                reason: Reason::NotOnProject,
                ..
            } => Err(Problem::not_found()),
            Self::Denied {
                code,
                reason: Reason::NoRole | Reason::NotGranted,
            } => Err(Problem::new(code)),
        }
    }
}

impl Pack {
    /// Whether and how far `actor` may use `permission`: the union over the actor's roles, the
    /// widest reach wins.
    #[must_use]
    #[inline]
    pub fn decide(&self, actor: &Actor, permission: Permission) -> Decision {
        match actor.platform {
            PlatformRole::SuperAdmin => return Decision::Allowed(Reach::All),
            PlatformRole::AdminStaff if self.admin_staff.contains(permission) => {
                return Decision::Allowed(Reach::All);
            }
            PlatformRole::AdminStaff | PlatformRole::None => {}
        }
        let Some((id, role)) = actor.role.and_then(|id| Some((id, self.role_data(id)?))) else {
            return Decision::Denied {
                code: Code::PermissionDenied,
                reason: Reason::NoRole,
            };
        };
        if role.grants.all.contains(permission) {
            return Decision::Allowed(Reach::All);
        }
        let by_role = role.grants.project.contains(permission);
        let gains = id >= self.project_from;
        let by_some_project_role =
            || gains && (self.lead.contains(permission) || self.contributor.contains(permission));
        let project = match actor.standing {
            Standing::Open => by_role || by_some_project_role(),
            Standing::NotOn => false,
            Standing::On(project) => {
                by_role || gains && self.project_role_grants(project).contains(permission)
            }
        };
        if project {
            return Decision::Allowed(Reach::Project);
        }
        if role.grants.own.contains(permission) {
            return Decision::Allowed(Reach::Own);
        }
        let hidden = actor.standing == Standing::NotOn && (by_role || by_some_project_role());
        let reason = if hidden {
            Reason::NotOnProject
        } else {
            Reason::NotGranted
        };
        Decision::Denied {
            code: Code::PermissionDenied,
            reason,
        }
    }
}
