//! `DELETE /projects/{id}/members/{memberId}`.

use bailiwick_kernel::id::{MemberId, ProjectId};
use bailiwick_services::{Scope, project_members};
use http::StatusCode;

use crate::extract::Path;
use crate::problem::ApiResult;

/// Takes somebody off a project. Permission `project_members:manage`. 404 when the caller does not
/// see the project, or they are not on it.
#[utoipa::path(
    delete, path = "/projects/{id}/members/{memberId}", operation_id = "removeProjectMember",
    tag = "projects",
    params(
        ("id" = ProjectId, Path, description = "The project"),
        ("memberId" = MemberId, Path, description = "Who is on it"),
    ),
    responses((status = 204, description = "They are not on it any more"))
)]
pub(super) async fn remove(
    mut scope: Scope,
    Path((id, member)): Path<(ProjectId, MemberId)>,
) -> ApiResult<StatusCode> {
    project_members::remove(&mut scope, id, member).await?;
    Ok(StatusCode::NO_CONTENT)
}
