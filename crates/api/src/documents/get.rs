//! `GET /documents/{id}`.

use bailiwick_kernel::id::DocumentId;
use bailiwick_services::{Scope, documents};

use super::DocumentView;
use crate::extract::{Json, Path};
use crate::problem::ApiResult;

/// One document. Permission `documents:read`. 404 when it is not in the caller's tenant, or the
/// caller does not see its project.
#[utoipa::path(
    get, path = "/documents/{id}", operation_id = "getDocument", tag = "documents",
    params(("id" = DocumentId, Path, description = "The document")),
    responses((status = 200, description = "The document", body = DocumentView))
)]
pub(super) async fn get(
    mut scope: Scope,
    Path(id): Path<DocumentId>,
) -> ApiResult<Json<DocumentView>> {
    let (document, people) = documents::get(&mut scope, id).await?;
    Ok(Json(DocumentView::of(&scope, document, &people)))
}
