//! The decision: actor × permission → reach or refusal. No allocation, no branch on text.

use super::permission::PermissionSet;
use super::window::Window;
use super::{Action, Actor, Pack, PageId, Permission, Role, Standing};
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

/// What of the actor's gave it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holder {
    /// The platform role that holds everything.
    SuperAdmin,
    /// The platform role of those who help.
    AdminStaff,
    /// The role in the organization.
    Role,
    /// The role on a project.
    ProjectRole,
    /// What the membership was granted beside its role.
    Grant,
    /// Everybody in the organization has it.
    Everybody,
}

impl Holder {
    /// The word of answers.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::SuperAdmin => "super_admin",
            Self::AdminStaff => "admin_staff",
            Self::Role => "role",
            Self::ProjectRole => "project_role",
            Self::Grant => "grant",
            Self::Everybody => "everybody",
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
    /// No role and no grant of the actor gives it.
    NotGranted,
    /// Somebody else acts in the actor's name, and it is done in person alone.
    Impersonated,
}

impl Reason {
    /// The word of answers.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NoRole => "no_role",
            Self::NotOnProject => "not_on_project",
            Self::NotGranted => "not_granted",
            Self::Impersonated => "impersonated",
        }
    }
}

/// The answer to "may they".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// Yes.
    Allowed {
        /// This far. The caller narrows its statement to it.
        reach: Reach,
        /// By this.
        by: Holder,
    },
    /// No.
    Denied {
        /// What a client is told where the thing's existence is no secret.
        code: Code,
        /// What the caller does about it.
        reason: Reason,
    },
}

impl Decision {
    const fn yes(reach: Reach, by: Holder) -> Self {
        Self::Allowed { reach, by }
    }

    const fn no(reason: Reason) -> Self {
        Self::Denied {
            code: Code::PermissionDenied,
            reason,
        }
    }

    /// Whether it is a yes, however far.
    #[must_use]
    pub const fn is_allowed(self) -> bool {
        matches!(self, Self::Allowed { .. })
    }

    /// The reach of a yes.
    #[must_use]
    pub const fn reach(self) -> Option<Reach> {
        match self {
            Self::Allowed { reach, .. } => Some(reach),
            Self::Denied { .. } => None,
        }
    }
}

/// How far a permission goes, exactly: within which data window on each reach. What any of them
/// lets through may be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Extent {
    /// Everything in the organization within it.
    pub all: Option<Window>,
    /// What is in projects that one is on, within it.
    pub project: Option<Window>,
    /// What one has made or is assigned, within it.
    pub own: Option<Window>,
}

impl Extent {
    /// One's own, whatever its date.
    pub const OWN: Self = Self {
        all: None,
        project: None,
        own: Some(Window::OPEN),
    };

    fn widen(slot: &mut Option<Window>, window: Option<Window>) {
        *slot = match (*slot, window) {
            (Some(known), Some(more)) => Some(known.or(more)),
            (known, more) => known.or(more),
        };
    }
}

impl Pack {
    /// Whether and how far `actor` may use `permission`: the union over the actor's roles and
    /// grants, the widest reach wins. A data window is told by [`Pack::extent`].
    #[must_use]
    #[inline]
    pub fn decide(&self, actor: &Actor, permission: Permission) -> Decision {
        if !actor.in_person && self.in_person.contains(permission) {
            return Decision::no(Reason::Impersonated);
        }
        match actor.platform {
            PlatformRole::SuperAdmin => return Decision::yes(Reach::All, Holder::SuperAdmin),
            PlatformRole::AdminStaff if self.admin_staff.contains(permission) => {
                return Decision::yes(Reach::All, Holder::AdminStaff);
            }
            PlatformRole::AdminStaff | PlatformRole::None => {}
        }
        let Some((id, role)) = actor.role.and_then(|id| Some((id, self.role_data(id)?))) else {
            return Decision::no(Reason::NoRole);
        };
        let granted = actor.granted.as_deref();
        if role.grants.all.contains(permission) {
            return Decision::yes(Reach::All, Holder::Role);
        }
        if granted.is_some_and(|granted| granted.all.contains(permission)) {
            return Decision::yes(Reach::All, Holder::Grant);
        }
        let by_role = role.grants.project.contains(permission);
        let gains = id >= self.project_from;
        let by_some_project_role =
            || gains && (self.lead.contains(permission) || self.contributor.contains(permission));
        match actor.standing {
            Standing::Open | Standing::On(_) if by_role => {
                return Decision::yes(Reach::Project, Holder::Role);
            }
            Standing::Open if by_some_project_role() => {
                return Decision::yes(Reach::Project, Holder::ProjectRole);
            }
            Standing::On(on) if gains && self.project_role_grants(on).contains(permission) => {
                return Decision::yes(Reach::Project, Holder::ProjectRole);
            }
            Standing::Open | Standing::On(_) | Standing::NotOn => {}
        }
        if role.grants.own.contains(permission) {
            return Decision::yes(Reach::Own, Holder::Role);
        }
        let hidden = actor.standing == Standing::NotOn && (by_role || by_some_project_role());
        Decision::no(if hidden {
            Reason::NotOnProject
        } else {
            Reason::NotGranted
        })
    }

    /// The reach, or the refusal as a problem that says what would be needed: `NOT_FOUND` where
    /// the actor is not on the project, since then its existence is none of their business.
    ///
    /// # Errors
    /// The refusal.
    pub fn require(&self, actor: &Actor, permission: Permission) -> Result<Reach, Problem> {
        match self.decide(actor, permission) {
            Decision::Allowed { reach, .. } => Ok(reach),
            Decision::Denied {
                reason: Reason::NotOnProject,
                ..
            } => Err(Problem::not_found()),
            Decision::Denied {
                code,
                reason: reason @ (Reason::NoRole | Reason::NotGranted | Reason::Impersonated),
            } => Err(Problem::new(code).refusal(self.needs(permission, reason.as_str()))),
        }
    }

    /// The same with the data windows, for statements that keep them. The project reach is as in
    /// [`Pack::decide`] with the actor's standing.
    #[must_use]
    pub fn extent(&self, actor: &Actor, permission: Permission) -> Extent {
        let mut extent = Extent::default();
        if !actor.in_person && self.in_person.contains(permission) {
            return extent;
        }
        let open = |holds: bool| holds.then_some(Window::OPEN);
        match actor.platform {
            PlatformRole::SuperAdmin => extent.all = Some(Window::OPEN),
            PlatformRole::AdminStaff => extent.all = open(self.admin_staff.contains(permission)),
            PlatformRole::None => {}
        }
        let Some((id, role)) = actor.role.and_then(|id| Some((id, self.role_data(id)?))) else {
            return extent;
        };
        Extent::widen(&mut extent.all, role.grants.all.window(permission));
        Extent::widen(&mut extent.own, role.grants.own.window(permission));
        if let Some(granted) = &actor.granted {
            Extent::widen(&mut extent.all, granted.all.window(permission));
        }
        let by_project_role =
            |set: &PermissionSet| id >= self.project_from && set.contains(permission);
        match actor.standing {
            Standing::NotOn => {}
            Standing::Open => {
                let some = by_project_role(&self.lead) || by_project_role(&self.contributor);
                extent.project = open(some);
                Extent::widen(&mut extent.project, role.grants.project.window(permission));
            }
            Standing::On(on) => {
                extent.project = open(by_project_role(self.project_role_grants(on)));
                Extent::widen(&mut extent.project, role.grants.project.window(permission));
            }
        }
        extent
    }

    /// Whether `actor` may do `action` on `page`: everybody in the organization views the pages
    /// that are always accessible; a role and a grant give what they say; and who holds all
    /// permissions that an action gives, further than on their own things, has the action. Any
    /// action implies the view.
    #[must_use]
    pub fn decide_page(&self, actor: &Actor, page: PageId, action: Action) -> Decision {
        let Some(data) = self
            .page_data(page)
            .filter(|data| data.gives(action).offered)
        else {
            return Decision::no(Reason::NotGranted);
        };
        let mut gives = data.gives(action).permissions.iter();
        if !actor.in_person && gives.any(|permission| self.in_person.contains(permission)) {
            return Decision::no(Reason::Impersonated);
        }
        match actor.platform {
            PlatformRole::SuperAdmin => return Decision::yes(Reach::All, Holder::SuperAdmin),
            PlatformRole::AdminStaff if self.admin_staff_pages.contains(page, action) => {
                return Decision::yes(Reach::All, Holder::AdminStaff);
            }
            PlatformRole::AdminStaff | PlatformRole::None => {}
        }
        let role = actor.role.and_then(|id| self.role_data(id));
        let is_anybody = role.is_some() || actor.platform != PlatformRole::None;
        if is_anybody && data.always && action == Action::View {
            return Decision::yes(Reach::All, Holder::Everybody);
        }
        if let Some(role) = role {
            if role.pages.contains(page, action) {
                return Decision::yes(Reach::All, Holder::Role);
            }
            let granted = actor.granted.as_deref();
            if granted.is_some_and(|granted| granted.pages.contains(page, action)) {
                return Decision::yes(Reach::All, Holder::Grant);
            }
        }
        let implied = Action::ALL.into_iter().skip(1);
        let implied = implied.filter(|_| action == Action::View);
        let mut candidates = std::iter::once(action).chain(implied);
        let found = candidates.find_map(|action| self.by_permissions(actor, page, action));
        found.unwrap_or(Decision::no(if is_anybody {
            Reason::NotGranted
        } else {
            Reason::NoRole
        }))
    }

    /// The action, had by holding every permission that it gives: as far as the least far of them.
    fn by_permissions(&self, actor: &Actor, page: PageId, action: Action) -> Option<Decision> {
        let gives = self.page_data(page)?.gives(action);
        let mut least: Option<(Reach, Holder)> = None;
        for permission in gives.permissions.iter() {
            let Decision::Allowed { reach, by } = self.decide(actor, permission) else {
                return None;
            };
            if reach == Reach::Own {
                return None;
            }
            if least.is_none_or(|(known, _)| reach < known) {
                least = Some((reach, by));
            }
        }
        least.map(|(reach, by)| Decision::yes(reach, by))
    }

    /// The data window of what `actor` may do on `page` by a grant; a role's has none.
    #[must_use]
    pub fn page_window(&self, actor: &Actor, page: PageId, action: Action) -> Window {
        match (self.decide_page(actor, page, action), &actor.granted) {
            (
                Decision::Allowed {
                    by: Holder::Grant, ..
                },
                Some(granted),
            ) => granted.window(page),
            _ => Window::OPEN,
        }
    }
}

impl Role {
    /// Whether the role holds `permission` on any reach, by itself.
    pub(super) fn holds(&self, permission: Permission) -> bool {
        let Self { grants, .. } = self;
        [&grants.all, &grants.project, &grants.own]
            .iter()
            .any(|held| held.contains(permission))
    }
}
