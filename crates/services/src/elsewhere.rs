//! What is not in the active organization and may be in another one of the caller's.
//!
//! To everybody else it does not exist (404). A member of its organization, who merely has another
//! one active, is told so (403 `TENANT_CONTEXT_MISMATCH`): it is no secret to them, and a page can
//! offer to switch.

use std::sync::Arc;

use bailiwick_kernel::id::{ApprovalId, DocumentId, ProjectId};
use bailiwick_kernel::policy::{Actor, Extent, Permission, permission};
use bailiwick_kernel::{Code, Problem, ProjectRole};
use bailiwick_store::approvals::Viewer;
use bailiwick_store::placements::OtherTenant;
use bailiwick_store::tenant::{Read, TenantDoor, Visitor};
use bailiwick_store::{approvals, documents, projects};

use crate::{Error, Result, Scope};

impl Scope {
    /// Looks for a project that was not found here in the caller's other organizations.
    pub(crate) async fn or_elsewhere<T>(&self, id: ProjectId, result: Result<T>) -> Result<T> {
        let me = self.me();
        let read = |_: &Actor| projects::Get::new(id, me);
        let sees = |actor: &Actor, found: &projects::Project| {
            self.sees(actor, permission::PROJECTS_READ, found.my_role.as_deref())
        };
        explain(self, result, read, sees).await
    }

    /// Looks for a document that was not found here in the caller's other organizations.
    pub(crate) async fn or_document_elsewhere<T>(
        &self,
        id: DocumentId,
        result: Result<T>,
    ) -> Result<T> {
        let me = self.me();
        let read = |_: &Actor| documents::Get::new(id, me);
        let sees = |actor: &Actor, found: &documents::Document| {
            self.sees(actor, permission::DOCUMENTS_READ, found.my_role.as_deref())
        };
        explain(self, result, read, sees).await
    }

    /// Looks for an approval that was not found here in the caller's other organizations.
    pub(crate) async fn or_approval_elsewhere<T>(
        &self,
        id: ApprovalId,
        result: Result<T>,
    ) -> Result<T> {
        let (me, now) = (self.me(), self.app().env().now());
        // What the statement finds may be seen: it keeps the reach.
        let read = |actor: &Actor| {
            let extent = self.app().pack().extent(actor, permission::APPROVALS_READ);
            approvals::Get::new(id, Viewer::new(me, extent, now))
        };
        explain(self, result, read, |_, _| true).await
    }

    /// Looks for a thing of a product's own that was not found here in the caller's other
    /// organizations. `read` finds what may be seen with that extent of `permission`, and nothing
    /// else.
    ///
    /// # Errors
    /// What `result` says; `TENANT_CONTEXT_MISMATCH` instead of `NOT_FOUND` where the caller sees
    /// it in another organization of theirs; the database's.
    pub async fn or_in_another<T, R, O>(
        &self,
        permission: Permission,
        result: Result<T>,
        read: impl Fn(Extent) -> R,
    ) -> Result<T>
    where
        R: Read<Output = Option<O>>,
    {
        let pack = self.app().pack();
        let sees = |actor: &Actor, _: &O| pack.decide(actor, permission).is_allowed();
        let read = |actor: &Actor| read(pack.extent(actor, permission));
        explain(self, result, read, sees).await
    }

    fn sees(&self, actor: &Actor, permission: Permission, project_role: Option<&str>) -> bool {
        let actor = actor.before(project_role.and_then(ProjectRole::from_key));
        self.app().pack().decide(&actor, permission).is_allowed()
    }
}

async fn explain<T, R, O>(
    scope: &Scope,
    result: Result<T>,
    read: impl Fn(&Actor) -> R,
    sees: impl Fn(&Actor, &O) -> bool,
) -> Result<T>
where
    R: Read<Output = Option<O>>,
{
    let missing = |error: &Error| matches!(error, Error::Problem(p) if p.code() == Code::NotFound);
    if !result.as_ref().is_err_and(missing) {
        return result;
    }
    for other in scope
        .app()
        .store()
        .other_tenants(scope.me(), scope.org())
        .await?
    {
        let Some(actor) = member_of(scope, &other)? else {
            continue;
        };
        let visitor = Visitor::Member(other.membership, other.version);
        let door = TenantDoor::new(&other.placement, visitor);
        // A membership that changed this instant is as good as none.
        let found = match scope.app().store().read(&door, &read(&actor)).await {
            Err(bailiwick_store::Error::Refused) => None,
            found => found?,
        };
        if found.is_some_and(|found| sees(&actor, &found)) {
            return Err(Problem::new(Code::TenantContextMismatch).into());
        }
    }
    result
}

/// What the caller may do in another organization of theirs.
fn member_of(scope: &Scope, other: &OtherTenant) -> Result<Option<Actor>> {
    let Some(role) = scope.app().pack().role(&other.role) else {
        return Ok(None);
    };
    let granted = Arc::new(scope.app().granted(&other.grants)?);
    Ok(Some(Actor::member(role).granted(granted)))
}
