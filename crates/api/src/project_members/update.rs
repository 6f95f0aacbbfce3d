//! `PUT /projects/{id}/members/{memberId}`.

use bailiwick_kernel::ProjectRole;
use bailiwick_kernel::id::{MemberId, ProjectId};
use bailiwick_services::{Scope, project_members};
use http::StatusCode;
use serde::Deserialize;
use utoipa::ToSchema;

use crate::extract::{Json, Path};
use crate::problem::ApiResult;

/// What somebody will be on a project.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProjectMemberUpdate {
    /// What they will be there.
    pub project_role: ProjectRole,
}

/// Gives somebody on a project another role there. Permission `project_members:manage`. 404 when
/// the caller does not see the project, or they are not on it.
#[utoipa::path(
    put, path = "/projects/{id}/members/{memberId}", operation_id = "updateProjectMember",
    tag = "projects",
    params(
        ("id" = ProjectId, Path, description = "The project"),
        ("memberId" = MemberId, Path, description = "Who is on it"),
    ),
    request_body = ProjectMemberUpdate,
    responses((status = 204, description = "They have the role"))
)]
pub(super) async fn update(
    mut scope: Scope,
    Path((id, member)): Path<(ProjectId, MemberId)>,
    Json(body): Json<ProjectMemberUpdate>,
) -> ApiResult<StatusCode> {
    project_members::update(&mut scope, id, member, body.project_role).await?;
    Ok(StatusCode::NO_CONTENT)
}
