//! Decisions as the API shows them.

use bailiwick_kernel::policy::{Holder, Reach, Window};
use serde::Serialize;
use utoipa::ToSchema;

/// How far something is allowed.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "lowercase")]
#[schema(as = Reach)]
pub enum ReachName {
    /// On what one has made or is assigned.
    Own,
    /// In the projects that one is on.
    Project,
    /// Everywhere in the organization.
    All,
}

impl From<Reach> for ReachName {
    fn from(reach: Reach) -> Self {
        match reach {
            Reach::Own => Self::Own,
            Reach::Project => Self::Project,
            Reach::All => Self::All,
        }
    }
}

/// What of the caller's allows it.
#[derive(Debug, Clone, Copy, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Holder)]
pub enum HolderName {
    /// A platform role that holds everything.
    SuperAdmin,
    /// A platform role of those who help.
    AdminStaff,
    /// The role in the organization.
    Role,
    /// A role on a project.
    ProjectRole,
    /// What the membership was granted beside its role.
    Grant,
    /// Everybody in the organization has it.
    Everybody,
}

impl From<Holder> for HolderName {
    fn from(holder: Holder) -> Self {
        match holder {
            Holder::SuperAdmin => Self::SuperAdmin,
            Holder::AdminStaff => Self::AdminStaff,
            Holder::Role => Self::Role,
            Holder::ProjectRole => Self::ProjectRole,
            Holder::Grant => Self::Grant,
            Holder::Everybody => Self::Everybody,
        }
    }
}

/// A data window, or nothing where there is none.
pub fn bounded(window: Window) -> Option<Window> {
    (!window.is_open()).then_some(window)
}
