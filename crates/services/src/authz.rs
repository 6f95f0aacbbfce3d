//! "May the caller?", for products in any language and for pages: the same decisions that our own
//! operations take.

use std::collections::{BTreeSet, HashMap};

use bailiwick_kernel::id::{OrgId, ProjectId, UserId};
use bailiwick_kernel::policy::{
    Action, Actor, Decision, Extent, Holder, PageId, Permission, Reach, Reason, Window, permission,
};
use bailiwick_kernel::text::Fields;
use bailiwick_kernel::{Code, PlatformRole, ProjectRole, Refusal, Tier};
use bailiwick_store::authz::{PROJECTS_MAX, Standings};
use jiff::Timestamp;

use crate::{Result, Scope};

/// Questions of one batch at most: every action on thirty pages, and more.
pub const QUESTIONS_MAX: usize = PROJECTS_MAX;

/// What is asked for.
#[derive(Debug, Clone)]
pub enum Wanted {
    /// A permission, by its key.
    Permission(String),
    /// An action on a page, by its key.
    Page(String, Action),
    /// What the organization's plan gives, whoever asks; by its name in the policy.
    Entitlement(String),
}

/// What is known of the thing that a question is about. What is not known is taken to fit.
#[derive(Debug, Clone, Copy, Default)]
pub struct Resource {
    /// The organization that it belongs to.
    pub organization: Option<OrgId>,
    /// The project that it is in.
    pub project: Option<ProjectId>,
    /// Who made it or is assigned to it.
    pub owner: Option<UserId>,
    /// Its date, for data windows.
    pub at: Option<Timestamp>,
}

/// One question.
#[derive(Debug, Clone)]
pub struct Question {
    /// What is asked for.
    pub wanted: Wanted,
    /// On what; none: on anything.
    pub resource: Option<Resource>,
}

/// One answer.
#[derive(Debug, Clone)]
pub enum Answer {
    /// Yes.
    Yes {
        /// This far at best.
        reach: Reach,
        /// By this.
        by: Holder,
        /// Within this distance from now.
        window: Window,
    },
    /// Yes, the plan gives it.
    Entitled,
    /// No.
    No {
        /// What an operation would refuse with.
        code: Code,
        /// Why, and what would be needed.
        refusal: Refusal,
    },
}

/// What a question came to be when its keys were looked up.
enum Known {
    Permission(Permission),
    Page(PageId, Action),
    Entitlement(String),
}

/// Answers a batch for the caller, in its order. Without resources it never touches the database.
///
/// # Errors
/// `VALIDATION_FAILED` where a permission, page or entitlement is none of this installation's, or there are too
/// many questions.
pub async fn check(scope: &mut Scope, questions: &[Question]) -> Result<Vec<Answer>> {
    let known = look_up(scope, questions)?;
    let projects: BTreeSet<ProjectId> = questions
        .iter()
        .filter_map(|q| q.resource.and_then(|resource| resource.project))
        .collect();
    let standings = standings(scope, &projects).await?;
    let elsewhere = other_organizations(scope, questions).await?;
    let answer = |(known, question): (&Known, &Question)| {
        let resource = question.resource.unwrap_or_default();
        let other = resource.organization.filter(|org| *org != scope.org());
        if let Some(org) = other {
            return in_another(elsewhere.contains(&org));
        }
        match known {
            Known::Permission(permission) => {
                on_permission(scope, *permission, resource, &standings)
            }
            Known::Page(page, action) => on_page(scope, *page, *action, resource),
            Known::Entitlement(key) => on_plan(scope, key),
        }
    };
    Ok(known.iter().zip(questions).map(answer).collect())
}

fn look_up(scope: &Scope, questions: &[Question]) -> Result<Vec<Known>> {
    let pack = scope.app().pack();
    let mut fields = Fields::new();
    let fits = (1..=QUESTIONS_MAX).contains(&questions.len());
    fields.require(fits, "checks", "must be 1 to 200 questions");
    let mut known = Vec::with_capacity(questions.len());
    for (index, question) in questions.iter().enumerate().take(QUESTIONS_MAX) {
        match &question.wanted {
            Wanted::Permission(key) => match pack.permission(key).filter(|p| pack.is_live(*p)) {
                Some(permission) => known.push(Known::Permission(permission)),
                None => fields.refuse(
                    format!("checks[{index}].permission"),
                    "is no permission here",
                ),
            },
            Wanted::Page(key, action) => match pack.page(key) {
                Some(page) => known.push(Known::Page(page, *action)),
                None => fields.refuse(format!("checks[{index}].page"), "is no page here"),
            },
            Wanted::Entitlement(key) => match pack.entitles(Tier::Starter, key) {
                Some(_) => known.push(Known::Entitlement(key.clone())),
                None => fields.refuse(
                    format!("checks[{index}].entitlement"),
                    "is given by no plan here",
                ),
            },
        }
    }
    fields.finish()?;
    Ok(known)
}

async fn standings(
    scope: &mut Scope,
    projects: &BTreeSet<ProjectId>,
) -> Result<HashMap<ProjectId, ProjectRole>> {
    if projects.is_empty() {
        return Ok(HashMap::new());
    }
    let me = scope.me();
    let read = |_: Reach| Standings::new(me, projects.iter().copied());
    let found = scope.read(permission::ORG_READ, read).await?;
    let role = |(id, key): (ProjectId, String)| Some((id, ProjectRole::from_key(&key)?));
    Ok(found.into_iter().filter_map(role).collect())
}

/// The caller's other organizations, where any question is about one.
async fn other_organizations(scope: &Scope, questions: &[Question]) -> Result<BTreeSet<OrgId>> {
    let named = |q: &Question| q.resource.and_then(|resource| resource.organization);
    let others: BTreeSet<OrgId> = questions
        .iter()
        .filter_map(named)
        .filter(|org| *org != scope.org())
        .collect();
    if others.is_empty() || scope.actor.platform_role() != PlatformRole::None {
        return Ok(others);
    }
    let mine = scope.app().store().other_tenants(scope.me(), scope.org());
    let mine = mine.await?.into_iter().map(|other| other.placement.tenant);
    Ok(mine.filter(|org| others.contains(org)).collect())
}

/// It is no secret to who belongs there too; to everybody else it does not exist.
fn in_another(is_known: bool) -> Answer {
    let code = if is_known {
        Code::PermissionBranchMismatch
    } else {
        Code::NotFound
    };
    Answer::No {
        code,
        refusal: Refusal::of("other_organization"),
    }
}

fn on_permission(
    scope: &Scope,
    permission: Permission,
    resource: Resource,
    standings: &HashMap<ProjectId, ProjectRole>,
) -> Answer {
    let pack = scope.app().pack();
    let actor: Actor = match resource.project {
        Some(project) => scope.actor.before(standings.get(&project).copied()),
        None => scope.actor.clone(),
    };
    let by = match pack.decide(&actor, permission) {
        Decision::Denied { code, reason } => {
            let code = match reason {
                Reason::NotOnProject => Code::NotFound,
                Reason::NoRole | Reason::NotGranted | Reason::Impersonated => code,
            };
            let refusal = pack.needs(permission, reason.as_str());
            return Answer::No { code, refusal };
        }
        Decision::Allowed { by, .. } => by,
    };
    let extent = pack.extent(&actor, permission);
    match reached(scope, extent, resource) {
        Ok((reach, window)) => Answer::Yes { reach, by, window },
        Err(reason) => Answer::No {
            code: Code::PermissionDenied,
            refusal: pack.needs(permission, reason),
        },
    }
}

/// The widest reach that gets to `resource`, with its window; or why none does.
fn reached(
    scope: &Scope,
    extent: Extent,
    resource: Resource,
) -> Result<(Reach, Window), &'static str> {
    let now = scope.app().env().now();
    let in_time = |window: &Window| resource.at.is_none_or(|at| window.contains(now, at));
    let is_mine = resource.owner.is_none_or(|owner| owner == scope.me());
    let reaches = [
        (Reach::All, extent.all, true),
        (Reach::Project, extent.project, true),
        (Reach::Own, extent.own, is_mine),
    ];
    let mut reason = "not_own";
    for (reach, window, gets_there) in reaches {
        match window {
            Some(window) if gets_there && in_time(&window) => return Ok((reach, window)),
            Some(_) if gets_there => reason = "outside_window",
            Some(_) | None => {}
        }
    }
    Err(reason)
}

fn on_page(scope: &Scope, page: PageId, action: Action, resource: Resource) -> Answer {
    let pack = scope.app().pack();
    let refused = |code, reason| Answer::No {
        code,
        refusal: pack.needs_page(page, action, reason),
    };
    match pack.decide_page(&scope.actor, page, action) {
        Decision::Denied { code, reason } => refused(code, reason.as_str()),
        Decision::Allowed { reach, by } => {
            let window = pack.page_window(&scope.actor, page, action);
            let now = scope.app().env().now();
            if resource.at.is_some_and(|at| !window.contains(now, at)) {
                return refused(Code::PermissionDenied, "outside_window");
            }
            Answer::Yes { reach, by, window }
        }
    }
}

/// What the plan gives, it gives to everybody in the organization.
fn on_plan(scope: &Scope, entitlement: &str) -> Answer {
    let pack = scope.app().pack();
    if pack.entitles(scope.tier(), entitlement) == Some(true) {
        return Answer::Entitled;
    }
    Answer::No {
        code: Code::PlanLimitExceeded,
        refusal: pack.needs_entitlement(entitlement),
    }
}

/// A permission that the caller holds at least somewhere.
#[derive(Debug, Clone)]
pub struct Held {
    /// Its key.
    pub permission: String,
    /// This far at best.
    pub reach: Reach,
    /// By this.
    pub by: Holder,
    /// Within which distance from now, on each reach.
    pub extent: Extent,
}

/// All permissions that the caller holds at least somewhere, in the order of their keys.
#[must_use]
pub fn held(scope: &Scope) -> Vec<Held> {
    let pack = scope.app().pack();
    let mut held: Vec<Held> = pack
        .permissions()
        .filter(|permission| pack.is_live(*permission))
        .filter_map(|permission| match scope.decide(permission) {
            Decision::Allowed { reach, by } => Some(Held {
                permission: pack.permission_key(permission).to_owned(),
                reach,
                by,
                extent: scope.extent(permission),
            }),
            Decision::Denied { .. } => None,
        })
        .collect();
    held.sort_by(|a, b| a.permission.cmp(&b.permission));
    held
}

/// A page that the caller may open.
#[derive(Debug, Clone)]
pub struct AccessiblePage {
    /// The page.
    pub page: PageId,
    /// What the caller may do there.
    pub actions: Vec<Action>,
    /// Within which distance from now.
    pub window: Window,
}

/// The pages that the caller may open, in the order of the pack.
#[must_use]
pub fn pages(scope: &Scope) -> Vec<AccessiblePage> {
    let pack = scope.app().pack();
    let may = |page, action: &Action| {
        let decision = pack.decide_page(&scope.actor, page, *action);
        decision.is_allowed()
    };
    pack.pages()
        .filter(|page| may(*page, &Action::View))
        .map(|page| AccessiblePage {
            page,
            actions: Action::ALL
                .into_iter()
                .filter(|action| may(page, action))
                .collect(),
            window: pack.page_window(&scope.actor, page, Action::View),
        })
        .collect()
}
