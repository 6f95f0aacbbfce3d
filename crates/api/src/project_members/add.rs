//! `POST /projects/{id}/members`.

use bailiwick_kernel::ProjectRole;
use bailiwick_kernel::id::{MemberId, ProjectId};
use bailiwick_services::{Scope, project_members};
use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::extract::{Idempotent, Path};
use crate::problem::ApiResult;

/// Who comes on a project, as what.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProjectMemberAdd {
    /// An active member of the organization.
    pub member_id: MemberId,
    /// What they will be there.
    pub project_role: ProjectRole,
}

/// Puts a member of the organization on a project. Permission `project_members:manage`. 404 when
/// the caller does not see the project; 409 where the member is on it.
#[utoipa::path(
    post, path = "/projects/{id}/members", operation_id = "addProjectMember", tag = "projects",
    params(
        ("id" = ProjectId, Path, description = "The project"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a repeated request answer as the first"),
    ),
    request_body = ProjectMemberAdd,
    responses((status = 204, description = "They are on it"))
)]
pub(super) async fn add(
    mut scope: Scope,
    Path(id): Path<ProjectId>,
    request: Idempotent<ProjectMemberAdd>,
) -> ApiResult<StatusCode> {
    let ProjectMemberAdd {
        member_id,
        project_role,
    } = request.body;
    project_members::add(
        &mut scope,
        id,
        member_id,
        project_role,
        request.key.as_ref(),
    )
    .await?;
    Ok(StatusCode::NO_CONTENT)
}
