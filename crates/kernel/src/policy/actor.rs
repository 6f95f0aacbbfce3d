//! Who asks: the roles and grants of one request on each axis, all from the database.

use std::sync::Arc;

use super::{Granted, RoleId};
use crate::role::{PlatformRole, ProjectRole};

/// Where the actor stands to the project that a decision is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Standing {
    /// No project has been looked at yet. The decision then says how far the permission can go at
    /// best: `Reach::Project` means "in some of one's projects; ask again with the project".
    #[default]
    Open,
    /// The project is known and the actor is not on it.
    NotOn,
    /// The actor is on the project.
    On(ProjectRole),
}

/// The roles and grants of one request. Small, made once per request, and cloned with another
/// [`Standing`] for each project that it meets; the grants are shared.
#[derive(Debug, Clone)]
pub struct Actor {
    pub(super) platform: PlatformRole,
    pub(super) role: Option<RoleId>,
    pub(super) standing: Standing,
    pub(super) granted: Option<Arc<Granted>>,
    pub(super) in_person: bool,
}

impl Actor {
    /// A member of the active organization.
    #[must_use]
    pub const fn member(role: RoleId) -> Self {
        Self {
            platform: PlatformRole::None,
            role: Some(role),
            standing: Standing::Open,
            granted: None,
            in_person: true,
        }
    }

    /// Somebody without a membership in the organization: operators only, by [`Self::platform`].
    #[must_use]
    pub const fn outsider() -> Self {
        Self {
            platform: PlatformRole::None,
            role: None,
            standing: Standing::Open,
            granted: None,
            in_person: true,
        }
    }

    /// The same with a platform role.
    #[must_use]
    pub fn platform(mut self, platform: PlatformRole) -> Self {
        self.platform = platform;
        self
    }

    /// The same with what the membership was granted beside its role.
    #[must_use]
    pub fn granted(mut self, granted: Arc<Granted>) -> Self {
        self.granted = Some(granted);
        self
    }

    /// The same while somebody else acts in their name: without a part in operating the
    /// installation, and without what is done in person alone
    /// ([`super::permission::IN_PERSON`]).
    #[must_use]
    pub fn impersonated(mut self) -> Self {
        self.platform = PlatformRole::None;
        self.in_person = false;
        self
    }

    /// The same before a known project: `None` where the actor is not on it.
    #[must_use]
    pub fn before(&self, role: Option<ProjectRole>) -> Self {
        let standing = match role {
            Some(role) => Standing::On(role),
            None => Standing::NotOn,
        };
        Self {
            standing,
            ..self.clone()
        }
    }

    /// The role in the organization, if any.
    #[must_use]
    pub const fn role(&self) -> Option<RoleId> {
        self.role
    }

    /// The platform role.
    #[must_use]
    pub const fn platform_role(&self) -> PlatformRole {
        self.platform
    }
}
