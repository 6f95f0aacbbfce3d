//! `DELETE /projects/{id}`.

use bailiwick_kernel::id::ProjectId;
use bailiwick_services::{Scope, projects};
use http::StatusCode;

use crate::extract::Path;
use crate::problem::ApiResult;

/// Removes a project with its documents and their objects. Permission `projects:delete`. 404 when
/// it is not in the caller's tenant.
#[utoipa::path(
    delete, path = "/projects/{id}", operation_id = "deleteProject", tag = "projects",
    params(("id" = ProjectId, Path, description = "The project")),
    responses((status = 204, description = "It is gone"))
)]
pub(super) async fn delete(mut scope: Scope, Path(id): Path<ProjectId>) -> ApiResult<StatusCode> {
    projects::delete(&mut scope, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
