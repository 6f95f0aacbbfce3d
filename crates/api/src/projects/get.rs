//! `GET /projects/{id}`.

use bailiwick_kernel::id::ProjectId;
use bailiwick_services::{Scope, projects};

use super::ProjectView;
use crate::extract::{Json, Path};
use crate::problem::ApiResult;

/// One project. Permission `projects:read`. 404 when it is not in the caller's tenant, or the
/// caller is not on it and does not see all.
#[utoipa::path(
    get, path = "/projects/{id}", operation_id = "getProject", tag = "projects",
    params(("id" = ProjectId, Path, description = "The project")),
    responses((status = 200, description = "The project", body = ProjectView))
)]
pub(super) async fn get(
    mut scope: Scope,
    Path(id): Path<ProjectId>,
) -> ApiResult<Json<ProjectView>> {
    let found = projects::get(&mut scope, id).await?;
    Ok(Json(ProjectView::one(&scope, found)))
}
