//! `GET /projects/{id}/documents`.

use bailiwick_kernel::id::ProjectId;
use bailiwick_kernel::page::{Page, PageQuery};
use bailiwick_services::{Scope, documents};

use super::DocumentView;
use crate::extract::{Json, Path, Query};
use crate::problem::ApiResult;

/// The documents of a project, newest first. Permission `documents:read`. 404 when the caller does
/// not see the project.
#[utoipa::path(
    get, path = "/projects/{id}/documents", operation_id = "listDocuments", tag = "documents",
    params(("id" = ProjectId, Path, description = "The project"), PageQuery),
    responses((status = 200, description = "A page of documents", body = Page<DocumentView>))
)]
pub(super) async fn list(
    mut scope: Scope,
    Path(id): Path<ProjectId>,
    Query(query): Query<PageQuery>,
) -> ApiResult<Json<Page<DocumentView>>> {
    let (page, people) = documents::list(&mut scope, id, &query).await?;
    Ok(Json(page.map(|document| {
        DocumentView::of(&scope, document, &people)
    })))
}
