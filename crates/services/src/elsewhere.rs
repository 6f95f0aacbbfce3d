//! What is not in the active organization and may be in another one of the caller's.
//!
//! To everybody else it does not exist (404). A member of its organization, who merely has another
//! one active, is told so (403 `TENANT_CONTEXT_MISMATCH`): it is no secret to them, and a page can
//! offer to switch.

use bailiwick_kernel::id::{DocumentId, ProjectId};
use bailiwick_kernel::policy::{Actor, Permission, permission};
use bailiwick_kernel::{Code, Problem, ProjectRole};
use bailiwick_store::placements::OtherTenant;
use bailiwick_store::tenant::{Read, TenantDoor, Visitor};
use bailiwick_store::{documents, projects};

use crate::{Error, Result, Scope};

impl Scope {
    /// Looks for a project that was not found here in the caller's other organizations.
    pub(crate) async fn or_elsewhere<T>(&self, id: ProjectId, result: Result<T>) -> Result<T> {
        let me = self.me();
        let read = || projects::Get::new(id, me);
        let role = |found: &projects::Project| found.my_role.clone();
        explain(self, result, permission::PROJECTS_READ, read, role).await
    }

    /// Looks for a document that was not found here in the caller's other organizations.
    pub(crate) async fn or_document_elsewhere<T>(
        &self,
        id: DocumentId,
        result: Result<T>,
    ) -> Result<T> {
        let me = self.me();
        let read = || documents::Get::new(id, me);
        let role = |found: &documents::Document| found.my_role.clone();
        explain(self, result, permission::DOCUMENTS_READ, read, role).await
    }
}

async fn explain<T, R, O>(
    scope: &Scope,
    result: Result<T>,
    permission: Permission,
    read: impl Fn() -> R,
    role: impl Fn(&O) -> Option<String>,
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
        let visitor = Visitor::Member(other.membership, other.version);
        let door = TenantDoor::new(&other.placement, visitor);
        // A membership that changed this instant is as good as none.
        let found = match scope.app().store().read(&door, &read()).await {
            Err(bailiwick_store::Error::Refused) => None,
            found => found?,
        };
        if found.is_some_and(|found| may_see(scope, &other, permission, role(&found).as_deref())) {
            return Err(Problem::new(Code::TenantContextMismatch).into());
        }
    }
    result
}

fn may_see(
    scope: &Scope,
    other: &OtherTenant,
    permission: Permission,
    project_role: Option<&str>,
) -> bool {
    let pack = scope.app().pack();
    let role = pack.role(&other.role);
    let project_role = project_role.and_then(ProjectRole::from_key);
    role.is_some_and(|role| {
        pack.decide(&Actor::member(role).before(project_role), permission)
            .is_allowed()
    })
}
