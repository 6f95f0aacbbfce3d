//! What the caller of a stream may know of, as of now.

use std::collections::HashSet;
use std::sync::Arc;

use bailiwick_kernel::Code;
use bailiwick_kernel::id::{OrgId, ProjectId, UserId};
use bailiwick_kernel::policy::{Permission, Reach, Window, permission};
use bailiwick_store::events::Event;
use bailiwick_store::project_members::On;

use crate::{Caller, Error, Result, Scope};

/// Where the caller of a stream stands, as of now.
pub(super) enum Access {
    /// In no organization: they hear of themselves.
    Nowhere,
    /// In an organization whose tenant is being made: they hear how that goes.
    Waiting(OrgId),
    /// In an organization.
    Inside(Box<Scope>),
}

/// What it takes to hear of a kind of thing.
enum Needs {
    /// To be in the organization.
    Membership,
    /// The permission, as far as it reaches.
    Permission(Permission),
}

/// What it takes to hear of a resource. What is not listed nobody hears of.
fn needs(kind: &str) -> Option<Needs> {
    Some(match kind {
        "organizations" | "flags" => Needs::Membership,
        "memberships" => Needs::Permission(permission::USERS_READ),
        "invitations" | "seats" => Needs::Permission(permission::USERS_INVITE),
        "projects" => Needs::Permission(permission::PROJECTS_READ),
        "projectMembers" => Needs::Permission(permission::PROJECT_MEMBERS_READ),
        "documents" => Needs::Permission(permission::DOCUMENTS_READ),
        "approvals" => Needs::Permission(permission::APPROVALS_READ),
        _ => return None,
    })
}

/// The project that an event belongs to; none where it belongs to none, or does not say.
fn project_of(event: &Event) -> Option<ProjectId> {
    let is_project = matches!(event.kind.as_str(), "projects" | "projectMembers");
    let itself = is_project.then(|| event.object.parse().ok()).flatten();
    itself.or(event.project)
}

impl Access {
    /// Of a caller as they are known now.
    ///
    /// # Errors
    /// As [`Scope::of`], for whoever is refused for good.
    pub fn of(caller: Caller) -> Result<Self> {
        let org = caller.active_organization();
        match Scope::of(caller) {
            Ok(scope) => Ok(Self::Inside(Box::new(scope))),
            Err(Error::Problem(problem)) => match (problem.code(), org) {
                (Code::TenantContextRequired, _) => Ok(Self::Nowhere),
                (Code::TenantProvisioning | Code::TenantProvisioningFailed, Some(org)) => {
                    Ok(Self::Waiting(org))
                }
                _ => Err(problem.into()),
            },
            Err(error) => Err(error),
        }
    }

    fn organization(&self) -> Option<OrgId> {
        match self {
            Self::Nowhere => None,
            Self::Waiting(org) => Some(*org),
            Self::Inside(scope) => Some(scope.org()),
        }
    }

    /// Those of `events` that `me` may hear of.
    ///
    /// # Errors
    /// The database's; the membership ended.
    pub async fn visible(
        &mut self,
        me: UserId,
        events: Vec<Arc<Event>>,
    ) -> Result<Vec<Arc<Event>>> {
        let verdicts: Vec<Verdict> = events.iter().map(|e| self.judge(me, e)).collect();
        let mine = self.on(me, &verdicts).await?;
        let pairs = events.into_iter().zip(verdicts);
        let seen = pairs.filter(|(_, verdict)| match verdict {
            Verdict::Yes => true,
            Verdict::No => false,
            Verdict::OnProject(project, _) => mine.contains(project),
        });
        Ok(seen.map(|(event, _)| event).collect())
    }

    fn judge(&self, me: UserId, event: &Event) -> Verdict {
        let is_about_me = event.user == Some(me);
        let is_here = event.organization.is_some() && event.organization == self.organization();
        let mine_alone = matches!(event.kind.as_str(), "users" | "memberships");
        if is_about_me && mine_alone {
            return Verdict::Yes;
        }
        if event.kind == "flags" && event.organization.is_none() {
            return Verdict::Yes;
        }
        let needs = needs(&event.kind).or_else(|| self.needs_of_a_module(&event.kind));
        let Some(needs) = needs.filter(|_| is_here) else {
            return Verdict::No;
        };
        let (scope, permission) = match (needs, self) {
            (Needs::Membership, _) => return Verdict::Yes,
            (Needs::Permission(permission), Self::Inside(scope)) => (scope, permission),
            (Needs::Permission(_), _) => return Verdict::No,
        };
        let is_windowed = || !scope.extent(permission).all.is_some_and(Window::is_open);
        match scope.decide(permission).reach() {
            // An event does not say whether the thing is within a window.
            Some(Reach::All) if is_windowed() && !is_about_me => Verdict::No,
            Some(Reach::All) => Verdict::Yes,
            // Who was put on a project, or taken off it, hears of that.
            Some(_) if is_about_me => Verdict::Yes,
            Some(Reach::Project) => project_of(event).map_or(Verdict::No, |project| {
                Verdict::OnProject(project, permission)
            }),
            Some(Reach::Own) | None => Verdict::No,
        }
    }

    /// What it takes to hear of a product's own resource.
    fn needs_of_a_module(&self, kind: &str) -> Option<Needs> {
        let Self::Inside(scope) = self else {
            return None;
        };
        scope.app().pack().heard(kind).map(Needs::Permission)
    }

    /// On which of the projects in question the caller is: one look for all of them.
    async fn on(&mut self, me: UserId, verdicts: &[Verdict]) -> Result<HashSet<ProjectId>> {
        let asked = verdicts.iter().filter_map(|verdict| match verdict {
            Verdict::OnProject(project, permission) => Some((*project, *permission)),
            Verdict::Yes | Verdict::No => None,
        });
        let (projects, permissions): (HashSet<_>, Vec<_>) = asked.unzip();
        let (Self::Inside(scope), Some(permission)) = (self, permissions.first()) else {
            return Ok(HashSet::new());
        };
        let projects: Vec<ProjectId> = projects.into_iter().collect();
        let on = scope.read(*permission, |_| On::new(me, &projects)).await?;
        Ok(on.into_iter().collect())
    }
}

enum Verdict {
    Yes,
    No,
    /// Where the caller is on the project, which is what the permission asks for.
    OnProject(ProjectId, Permission),
}
