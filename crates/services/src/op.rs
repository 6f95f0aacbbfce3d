//! A change in progress: the transaction, who makes it, and the fact that it will have been.

use bailiwick_kernel::id::{DocumentId, JobId, OrgId, ProjectId, UserId};
use bailiwick_kernel::policy::{Actor, Checked, Extent, Permission};
use bailiwick_kernel::{Code, Problem};
use bailiwick_store::audit::Fact;
use bailiwick_store::documents::Document;
use bailiwick_store::idempotency::Claim;
use bailiwick_store::jobs::NewJob;
use bailiwick_store::projects;
use bailiwick_store::tenant::TenantTx;
use jiff::Timestamp;
use serde_json::Value;
use uuid::Uuid;

use crate::idempotency::{self, IdempotencyKey};
use crate::{App, Error, Result, Scope};

/// A fact waiting for the commit.
struct Pending {
    action: &'static str,
    object_type: &'static str,
    object_id: String,
    before: Option<Value>,
    after: Option<Value>,
}

/// A change in progress. Nothing of it holds until [`Scope::change`] commits it.
pub struct Op {
    scope: Scope,
    tx: TenantTx,
    now: Timestamp,
    facts: Vec<Pending>,
    wrote_nothing: bool,
    enqueued: bool,
}

impl Op {
    pub(crate) fn new(scope: Scope, tx: TenantTx) -> Self {
        let now = scope.app().env().now();
        Self {
            scope,
            tx,
            now,
            facts: Vec::new(),
            wrote_nothing: false,
            enqueued: false,
        }
    }

    /// The transaction.
    pub fn tx(&mut self) -> &mut TenantTx {
        &mut self.tx
    }

    /// The time of everything in this change.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Who makes it.
    #[must_use]
    pub fn me(&self) -> UserId {
        self.scope.me()
    }

    /// In which organization.
    #[must_use]
    pub fn org(&self) -> OrgId {
        self.scope.org()
    }

    /// The provider's id of the organization.
    #[must_use]
    pub fn clerk_org_id(&self) -> String {
        let org = self.scope.caller.context.organization.as_ref();
        org.map(|org| org.clerk_org_id.clone()).unwrap_or_default()
    }

    /// The application.
    #[must_use]
    pub fn app(&self) -> &App {
        self.scope.app()
    }

    /// The roles and grants of who makes it.
    #[must_use]
    pub fn actor(&self) -> &Actor {
        &self.scope.actor
    }

    /// The permission that a product's own module checks.
    ///
    /// # Errors
    /// As [`Scope::permission`].
    pub fn permission(&self, checked: Checked) -> Result<Permission> {
        self.scope.permission(checked)
    }

    /// How far they hold `permission`, with its data windows.
    #[must_use]
    pub fn extent(&self, permission: Permission) -> Extent {
        self.scope.extent(permission)
    }

    /// Refuses unless the caller holds `permission` on a project where they have `role`.
    ///
    /// # Errors
    /// As [`Scope::require_on`].
    pub fn require_on(&self, permission: Permission, role: Option<&str>) -> Result<()> {
        self.scope.require_on(permission, role).map(drop)
    }

    /// Locks a project for a change that takes `permission` on it.
    ///
    /// # Errors
    /// `NOT_FOUND` where it is not there, or the caller sees none of it; `PERMISSION_DENIED`.
    pub async fn project(
        &mut self,
        permission: Permission,
        id: ProjectId,
    ) -> Result<projects::Locked> {
        let me = self.me();
        let found = self.tx.lock_project(id, me).await?;
        let found = found.ok_or_else(Problem::not_found)?;
        self.require_on(permission, found.my_role.as_deref())?;
        Ok(found)
    }

    /// Locks a document for a change.
    ///
    /// # Errors
    /// `NOT_FOUND` where it is not there.
    pub async fn document(&mut self, id: DocumentId) -> Result<Document> {
        let me = self.me();
        let found = self.tx.lock_document(id, me).await?;
        Ok(found.ok_or_else(Problem::not_found)?)
    }

    /// Claims the request's key, where it has one, for `resource`, which this change is about to
    /// make. Answers what an earlier request with the key made instead; then nothing is written.
    ///
    /// # Errors
    /// `IDEMPOTENCY_MISMATCH` where the key came with another body.
    pub async fn repeated(
        &mut self,
        key: Option<&IdempotencyKey>,
        operation: &'static str,
        resource: Uuid,
    ) -> Result<Option<Uuid>> {
        let Some(key) = key else { return Ok(None) };
        let (key, now) = (key.of(self.me(), operation), self.now);
        match self
            .tx
            .claim(&key, resource, now, now + idempotency::TTL)
            .await?
        {
            Claim::New => Ok(None),
            Claim::Mismatch => Err(Problem::new(Code::IdempotencyMismatch).into()),
            Claim::Repeated(first) => {
                self.unchanged();
                Ok(Some(first.resource))
            }
        }
    }

    /// Records what was done, in the same transaction.
    pub fn audit(
        &mut self,
        action: &'static str,
        object_type: &'static str,
        object_id: impl std::fmt::Display,
        before: Option<Value>,
        after: Option<Value>,
    ) {
        let object_id = object_id.to_string();
        self.facts.push(Pending {
            action,
            object_type,
            object_id,
            before,
            after,
        });
    }

    /// Says that nothing was written, so that there is no fact to record.
    pub fn unchanged(&mut self) {
        self.wrote_nothing = true;
    }

    /// Adds a job in the same transaction.
    ///
    /// # Errors
    /// The database's.
    pub async fn enqueue(&mut self, job: &NewJob) -> Result<()> {
        let id = JobId::from(self.app().env().uuid());
        let now = self.now;
        self.tx.enqueue(id, job, now).await?;
        self.enqueued = true;
        Ok(())
    }

    pub(crate) async fn commit(mut self) -> Result<()> {
        let last = self.facts.pop();
        let rest = std::mem::take(&mut self.facts);
        for pending in &rest {
            let fact = fact(&self.scope, self.now, pending);
            self.tx.audit(&fact).await?;
        }
        match last {
            Some(pending) => {
                let fact = fact(&self.scope, self.now, &pending);
                self.tx.audit_and_commit(&fact).await?;
            }
            None if self.wrote_nothing => self.tx.commit().await?,
            None => {
                return Err(Error::Inconsistent("a change recorded no fact".to_owned()));
            }
        }
        if self.enqueued {
            self.scope.app().wake_worker();
        }
        Ok(())
    }
}

fn fact<'a>(scope: &'a Scope, now: Timestamp, pending: &'a Pending) -> Fact<'a> {
    let object = (pending.object_type, pending.object_id.as_str());
    Fact {
        before: pending.before.clone(),
        after: pending.after.clone(),
        ..scope.caller.fact(now, pending.action, object)
    }
}
