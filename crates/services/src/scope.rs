//! The one way to a tenant's data.

use std::future::Future;

use bailiwick_kernel::id::{OrgId, UserId};
use bailiwick_kernel::policy::{
    Actor, Checked, Decision, Extent, Granted, Hours, Permission, Reach, RoleId,
};
use bailiwick_kernel::{Code, PlatformRole, Problem, ProjectRole, Tier};
use bailiwick_store::tenant::{Read, TenantDoor, Visitor};

use crate::{App, Caller, Error, Op, Result};

/// A caller in an organization. Gives access to the tenant's data for a permission and no other
/// way.
#[derive(Clone)]
pub struct Scope {
    pub(crate) caller: Caller,
    pub(crate) org: OrgId,
    pub(crate) actor: Actor,
    door: TenantDoor,
    /// No member, but somebody who operates the installation.
    is_operator: bool,
}

impl std::fmt::Debug for Scope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Scope")
            .field("org", &self.org)
            .finish_non_exhaustive()
    }
}

impl Scope {
    /// The scope of a caller. A refusal by a context that was cached is looked at once more: who was
    /// let in, or whose tenant was made, a moment ago does not wait.
    ///
    /// # Errors
    /// As [`Scope::of`]; the database's, the provider's.
    pub async fn open(caller: Caller) -> Result<Self> {
        if !caller.is_cached() {
            return Self::of(caller);
        }
        match Self::of(caller.clone()) {
            Err(_) => Self::of(caller.refreshed().await?),
            scope => scope,
        }
    }

    /// The scope of a caller, by the context that they came with.
    ///
    /// # Errors
    /// `TENANT_CONTEXT_REQUIRED` without an organization, `TENANT_ACCESS_DENIED` for who is no
    /// active member of it, `PERMISSION_TIME_WINDOW` outside the hours in which the member may act,
    /// `TENANT_PROVISIONING` until its tenant is ready.
    pub fn of(caller: Caller) -> Result<Self> {
        if !caller.names_organization() && caller.context.organization.is_none() {
            return Err(Problem::new(Code::TenantContextRequired).into());
        }
        let denied = || Problem::new(Code::TenantAccessDenied);
        let org = caller.context.organization.as_ref().ok_or_else(denied)?;
        let pack = caller.app.pack();
        let membership = org.membership.as_ref().filter(|m| m.status == "active");
        let platform = caller.platform_role();
        let (actor, visitor) = match membership {
            Some(m) => {
                let role = pack.role(&m.role).ok_or_else(|| {
                    Error::Inconsistent(format!("membership {} has an unknown role", m.id))
                })?;
                let granted = caller.context.granted.clone().unwrap_or_default();
                if platform == PlatformRole::None {
                    caller.app.within_hours(role, &granted)?;
                }
                let actor = Actor::member(role).platform(platform).granted(granted);
                (caller.limited(actor)?, Visitor::Member(m.id, m.version))
            }
            None if platform != PlatformRole::None => (
                Actor::outsider().platform(platform),
                Visitor::Platform(caller.context.user, caller.context.user_version),
            ),
            None => return Err(denied().into()),
        };
        let Some(placement) = &org.placement else {
            return Err(not_ready(&org.provisioning_status).into());
        };
        let door = TenantDoor::new(placement, visitor);
        let is_operator = membership.is_none();
        let org = org.id;
        Ok(Self {
            caller,
            org,
            actor,
            door,
            is_operator,
        })
    }

    /// The application.
    #[must_use]
    pub fn app(&self) -> &App {
        &self.caller.app
    }

    /// The user.
    #[must_use]
    pub fn me(&self) -> UserId {
        self.caller.user()
    }

    /// The organization, whose id is the tenant's.
    #[must_use]
    pub fn org(&self) -> OrgId {
        self.org
    }

    /// The tier that the organization's plan gives it, wherever its tenant lives meanwhile.
    #[must_use]
    pub fn tier(&self) -> Tier {
        let org = self.caller.context.organization.as_ref();
        let tier = org.and_then(|org| Tier::from_plan(&org.tier_wanted));
        tier.unwrap_or(Tier::Starter)
    }

    /// The key of the role in the organization; none for an operator who is no member.
    #[must_use]
    pub fn role(&self) -> Option<&str> {
        let pack = self.app().pack();
        self.actor.role().map(|role| pack.role_key(role))
    }

    /// The role on the installation.
    #[must_use]
    pub fn platform_role(&self) -> PlatformRole {
        self.actor.platform_role()
    }

    /// Whether the caller is no member but somebody who operates the installation.
    #[must_use]
    pub(crate) fn is_operator(&self) -> bool {
        self.is_operator
    }

    /// The schema of the tenant's tables, for log lines.
    #[must_use]
    pub fn schema(&self) -> &str {
        self.door.schema()
    }

    /// The permission that a product's own module checks.
    ///
    /// # Errors
    /// A fault of ours: the module is not among those that the policy was compared with.
    pub fn permission(&self, checked: Checked) -> Result<Permission> {
        let found = self.app().pack().checked(checked);
        found.ok_or_else(|| {
            let key = checked.key();
            Error::Inconsistent(format!("{key} is checked by a module that is not mounted"))
        })
    }

    /// Whether and how far the caller holds `permission`, as far as is known without the record.
    #[must_use]
    pub fn decide(&self, permission: Permission) -> Decision {
        self.app().pack().decide(&self.actor, permission)
    }

    /// The same before a project on which the caller has `role`.
    #[must_use]
    pub fn may_on(&self, permission: Permission, role: Option<&str>) -> bool {
        let actor = self.actor.before(role.and_then(ProjectRole::from_key));
        self.app().pack().decide(&actor, permission).is_allowed()
    }

    /// Refuses unless the caller holds `permission` on a project where they have `role`. To who
    /// may see none of it, it does not exist.
    ///
    /// # Errors
    /// `PERMISSION_DENIED`, or `NOT_FOUND` where existence is a secret.
    pub fn require_on(&self, permission: Permission, role: Option<&str>) -> Result<Reach> {
        let actor = self.actor.before(role.and_then(ProjectRole::from_key));
        Ok(self.app().pack().require(&actor, permission)?)
    }

    /// How far the caller holds `permission`, with its data windows.
    #[must_use]
    pub fn extent(&self, permission: Permission) -> Extent {
        self.app().pack().extent(&self.actor, permission)
    }

    /// Makes sure that `org` is the organization of this scope.
    ///
    /// # Errors
    /// `TENANT_CONTEXT_MISMATCH` for a member of it who has another one active; `NOT_FOUND` for
    /// everybody else.
    pub async fn require_org(&self, org: OrgId) -> Result<()> {
        if self.org == org {
            return Ok(());
        }
        crate::organizations::get(&self.caller, org).await?;
        Err(Problem::new(Code::TenantContextMismatch).into())
    }

    /// The reach of `permission`. A refusal by a context that was cached is looked at once more:
    /// what was granted a moment ago is not refused.
    ///
    /// # Errors
    /// `PERMISSION_DENIED`.
    pub async fn authorize(&mut self, permission: Permission) -> Result<Reach> {
        // Who acts for somebody may not do so any more, in the middle of something long.
        if self.caller.acting().is_some() {
            *self = Self::of(self.caller.current().await?)?;
        }
        if let Some(reach) = self.decide(permission).reach() {
            return Ok(reach);
        }
        if self.caller.is_cached() {
            *self = Self::of(self.caller.refreshed().await?)?;
        }
        Ok(self.app().pack().require(&self.actor, permission)?)
    }

    /// Runs one reading statement, chosen by the reach, in one flight.
    ///
    /// # Errors
    /// `PERMISSION_DENIED`; the database's.
    pub async fn read<R: Read>(
        &mut self,
        permission: Permission,
        statement: impl Fn(Reach) -> R,
    ) -> Result<R::Output> {
        self.read_by(permission, |_, reach| statement(reach)).await
    }

    /// The same with a statement that keeps data windows.
    ///
    /// # Errors
    /// As [`Scope::read`].
    pub async fn read_within<R: Read>(
        &mut self,
        permission: Permission,
        statement: impl Fn(Extent) -> R,
    ) -> Result<R::Output> {
        self.read_by(permission, |scope, _| statement(scope.extent(permission)))
            .await
    }

    async fn read_by<R: Read>(
        &mut self,
        permission: Permission,
        statement: impl Fn(&Self, Reach) -> R,
    ) -> Result<R::Output> {
        let reach = self.authorize(permission).await?;
        let read = statement(self, reach);
        match self.app().store().read(&self.door, &read).await {
            Err(bailiwick_store::Error::Refused) => {}
            other => return Ok(other?),
        }
        *self = Self::of(self.caller.refreshed().await?)?;
        let reach = self.authorize(permission).await?;
        let read = statement(self, reach);
        Ok(self.app().store().read(&self.door, &read).await?)
    }

    /// Runs `work` in a transaction of the tenant and commits it together with the fact that it
    /// recorded. Where the membership or the placement changed meanwhile, nothing was done yet and
    /// `work` is run once more with what holds now.
    ///
    /// # Errors
    /// `PERMISSION_DENIED`; whatever `work` answers; a fault of ours where `work` changed
    /// something and recorded nothing.
    pub async fn change<T, F, Fut>(&mut self, permission: Permission, work: F) -> Result<T>
    where
        F: Fn(Op) -> Fut,
        Fut: Future<Output = Result<(Op, T)>>,
    {
        match self.attempt(permission, &work).await {
            Err(error) if error.is_stale() => {}
            other => return other,
        }
        *self = Self::of(self.caller.refreshed().await?)?;
        self.attempt(permission, &work).await
    }

    async fn attempt<T, F, Fut>(&mut self, permission: Permission, work: &F) -> Result<T>
    where
        F: Fn(Op) -> Fut,
        Fut: Future<Output = Result<(Op, T)>>,
    {
        self.authorize(permission).await?;
        let mut tx = self.app().store().enter(&self.door).await?;
        if self.is_operator {
            let now = self.app().env().now();
            tx.ensure_operator(self.me(), now).await?;
        }
        let (op, value) = work(Op::new(self.clone(), tx)).await?;
        op.commit().await?;
        Ok(value)
    }
}

impl App {
    /// Refuses outside the hours in which one of `role`, and this person, may act.
    pub(crate) fn within_hours(&self, role: RoleId, granted: &Granted) -> Result<(), Problem> {
        let limits = [self.pack().role_hours(role), granted.hours()];
        let now = self.env().now();
        match limits
            .into_iter()
            .flatten()
            .find(|hours| !hours.is_open(now))
        {
            None => Ok(()),
            Some(closed) => Err(outside(closed)),
        }
    }
}

fn outside(hours: &Hours) -> Problem {
    let problem = Problem::new(Code::PermissionTimeWindow);
    problem.detail(format!("You may act {}", hours.words()))
}

/// Why an organization without a home cannot be used yet.
#[must_use]
pub(crate) fn not_ready(provisioning_status: &str) -> Problem {
    if provisioning_status == "FAILED" {
        Problem::new(Code::TenantProvisioningFailed).retry_after_s(30)
    } else {
        Problem::new(Code::TenantProvisioning).retry_after_s(1)
    }
}
