//! A change of who belongs to an organization, and as what.
//!
//! It is made under the organization's lock, which the sync and provisioning take as well, by
//! somebody whose own membership is read under it: who was demoted a moment ago decides nothing.

use bailiwick_kernel::id::{OrgId, UserId};
use bailiwick_kernel::policy::{Actor, Permission, RoleId};
use bailiwick_kernel::{Code, Problem};
use bailiwick_pg::Tx;
use bailiwick_store::audit::Fact;
use bailiwick_store::idempotency::{self as rows, Claim, First};
use bailiwick_store::memberships::{self, Locked};
use bailiwick_store::tenant::open_beside;
use bailiwick_store::tombstones::{self, Kind};
use bailiwick_store::{organizations, placements, users};
use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use super::rules;
use crate::idempotency::{self, IdempotencyKey};
use crate::intents::membership::Who;
use crate::sync::organizations::step_in_as;
use crate::{App, Caller, Result};

/// A change in progress. Nothing of it holds until [`Act::commit`].
pub(crate) struct Act<'a> {
    pub caller: &'a Caller,
    pub tx: Tx,
    pub org: OrgId,
    pub clerk_org_id: String,
    pub actor: Actor,
    pub now: Timestamp,
    projections: Vec<(UserId, String, String)>,
    facts: Vec<Done>,
}

/// What was done.
struct Done {
    action: &'static str,
    object: (&'static str, String),
    before: Option<Value>,
    after: Option<Value>,
}

/// Somebody who is to be changed, locked.
pub(crate) struct Target {
    pub who: Who,
    pub row: Locked,
    pub role: RoleId,
}

impl<'a> Act<'a> {
    /// Begins a change that takes `permission`; what one does to oneself takes none, and nobody
    /// does it in another's name.
    ///
    /// # Errors
    /// `NOT_FOUND` for who is no member; `TENANT_CONTEXT_MISMATCH` for a member who has another
    /// organization active; `PERMISSION_DENIED`.
    pub async fn begin(
        caller: &'a Caller,
        org: OrgId,
        permission: Option<Permission>,
    ) -> Result<Self> {
        let found = crate::organizations::get(caller, org).await?;
        let clerk_org_id = found.organization.clerk_org_id;
        let app = &caller.app;
        let mut tx = app.store().control().await?;
        tombstones::lock(&mut tx, Kind::Organization, &clerk_org_id).await?;
        let row = organizations::lock_by_id(&mut tx, org).await?;
        if row.is_none_or(|row| row.is_deleted) {
            return Err(Problem::not_found().into());
        }
        let actor = rules::standing(app, &mut tx, caller.user(), org).await?;
        let actor = caller.limited(actor.ok_or_else(Problem::not_found)?)?;
        match permission {
            Some(permission) => {
                app.pack().require(&actor, permission)?;
            }
            None => caller.in_person()?,
        }
        Ok(Self {
            caller,
            tx,
            org,
            clerk_org_id,
            actor,
            now: app.env().now(),
            projections: Vec::new(),
            facts: Vec::new(),
        })
    }

    /// Claims the request's key, where it has one, for `resource`, which this change makes or is
    /// about. Answers what an earlier request with the key was about instead; then nothing is to be
    /// changed, and this is to be dropped before anything else is asked of the database.
    ///
    /// # Errors
    /// `IDEMPOTENCY_MISMATCH` where the key came with another request; `TENANT_PROVISIONING` where
    /// there is no tenant yet that could keep it.
    pub async fn repeated(
        &mut self,
        key: Option<&IdempotencyKey>,
        operation: &'static str,
        resource: Uuid,
    ) -> Result<Option<First>> {
        let Some(key) = key else { return Ok(None) };
        let placement = placements::find(&mut self.tx, self.org).await?;
        let placement =
            placement.ok_or_else(|| Problem::new(Code::TenantProvisioning).retry_after_s(1))?;
        open_beside(&mut self.tx, &placement, "idempotency").await?;
        let (key, org) = (key.of(self.me(), operation), self.org);
        let times = (self.now, self.now + idempotency::TTL);
        match rows::claim(&mut self.tx, org, &key, resource, times).await? {
            Claim::New => Ok(None),
            Claim::Repeated(first) => Ok(Some(first)),
            Claim::Mismatch => Err(Problem::new(Code::IdempotencyMismatch).into()),
        }
    }

    /// Keeps what is answered with the key that [`Act::repeated`] has claimed.
    pub async fn keep(
        &mut self,
        key: Option<&IdempotencyKey>,
        operation: &'static str,
        answer: &Value,
    ) -> Result<()> {
        if let Some(key) = key {
            let (key, org) = (key.of(self.me(), operation), self.org);
            rows::keep(&mut self.tx, org, &key, answer).await?;
        }
        Ok(())
    }

    pub fn app(&self) -> &'a App {
        &self.caller.app
    }

    pub fn me(&self) -> UserId {
        self.caller.user()
    }

    /// A role by its key, which the caller may give.
    pub fn role(&self, key: &str) -> Result<RoleId> {
        let role = self.app().pack().role(key);
        let role =
            role.ok_or_else(|| Problem::invalid("role", "is no role of this installation"))?;
        rules::reaches(self.app(), &self.actor, role)?;
        Ok(role)
    }

    /// A member, active or suspended, whom the caller may touch.
    pub async fn target(&mut self, user: UserId) -> Result<Target> {
        let target = self.member(user).await?;
        rules::reaches(self.app(), &self.actor, target.role)?;
        Ok(target)
    }

    /// A member, active or suspended, whoever asks.
    pub async fn member(&mut self, user: UserId) -> Result<Target> {
        let acting = users::find_acting(&mut self.tx, user).await?;
        let clerk_user_id = acting.and_then(|user| user.clerk_user_id);
        let row = memberships::lock(&mut self.tx, user, self.org).await?;
        let row = row.filter(|row| row.status != "removed");
        let (Some(row), Some(clerk_user_id)) = (row, clerk_user_id) else {
            return Err(Problem::not_found().into());
        };
        let role = rules::role_of(self.app(), &row)?;
        let who = Who {
            org: self.org,
            clerk_org_id: self.clerk_org_id.clone(),
            user,
            clerk_user_id,
        };
        Ok(Target { who, row, role })
    }

    /// The member's projection is to be this.
    pub fn project(&mut self, user: UserId, role: &str, status: &str) {
        self.projections
            .push((user, role.to_owned(), status.to_owned()));
    }

    /// Records what was done.
    pub fn record(
        &mut self,
        action: &'static str,
        object: (&'static str, String),
        before: Option<Value>,
        after: Option<Value>,
    ) {
        self.facts.push(Done {
            action,
            object,
            before,
            after,
        });
    }

    /// Commits everything, with its facts.
    ///
    /// # Errors
    /// The database's; a fault of ours where nothing was recorded.
    pub async fn commit(self) -> Result<()> {
        let app = self.app();
        if self.facts.is_empty() {
            return Err(crate::Error::Inconsistent(
                "a change recorded no fact".to_owned(),
            ));
        }
        let mut work = step_in_as(app, self.tx, self.org, "members").await?;
        for (user, role, status) in &self.projections {
            work.project(app, *user, role, status).await?;
        }
        for done in &self.facts {
            let object = (done.object.0, done.object.1.as_str());
            let fact = Fact {
                before: done.before.clone(),
                after: done.after.clone(),
                ..self.caller.fact(self.now, done.action, object)
            };
            work.record(app, &fact).await?;
        }
        work.commit().await
    }
}

/// The refusal of what the present state contradicts.
pub(crate) fn conflict(detail: &'static str) -> crate::Error {
    Problem::new(Code::Conflict).detail(detail).into()
}
