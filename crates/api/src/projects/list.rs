//! `GET /projects`.

use bailiwick_kernel::page::{Page, PageQuery};
use bailiwick_services::{Scope, projects};

use super::ProjectView;
use crate::extract::{Json, Query};
use crate::problem::ApiResult;

/// The projects that the caller may see, newest first. Permission `projects:read`; with reach
/// `project` only those that one is on.
#[utoipa::path(
    get, path = "/projects", operation_id = "listProjects", tag = "projects",
    params(PageQuery),
    responses((status = 200, description = "A page of projects", body = Page<ProjectView>))
)]
pub(super) async fn list(
    mut scope: Scope,
    Query(query): Query<PageQuery>,
) -> ApiResult<Json<Page<ProjectView>>> {
    let (page, people) = projects::list(&mut scope, &query).await?;
    Ok(Json(
        page.map(|project| ProjectView::of(&scope, project, &people)),
    ))
}
