//! `GET /projects/{id}/members`.

use bailiwick_kernel::id::ProjectId;
use bailiwick_kernel::page::{Page, PageQuery};
use bailiwick_services::{Scope, project_members};

use super::ProjectMemberView;
use crate::extract::{Json, Path, Query};
use crate::problem::ApiResult;

/// Who is on a project, first come first. Permission `project_members:read`. 404 when the caller
/// does not see the project.
#[utoipa::path(
    get, path = "/projects/{id}/members", operation_id = "listProjectMembers", tag = "projects",
    params(("id" = ProjectId, Path, description = "The project"), PageQuery),
    responses((status = 200, description = "A page of its members", body = Page<ProjectMemberView>))
)]
pub(super) async fn list(
    mut scope: Scope,
    Path(id): Path<ProjectId>,
    Query(query): Query<PageQuery>,
) -> ApiResult<Json<Page<ProjectMemberView>>> {
    let (page, people) = project_members::list(&mut scope, id, &query).await?;
    Ok(Json(
        page.map(|member| ProjectMemberView::of(member, &people)),
    ))
}
