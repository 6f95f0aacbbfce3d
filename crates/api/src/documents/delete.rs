//! `DELETE /documents/{id}`.

use bailiwick_kernel::id::DocumentId;
use bailiwick_services::{Scope, documents};
use http::StatusCode;

use crate::extract::Path;
use crate::problem::ApiResult;

/// Removes a document and its object. Permission `documents:delete`. 404 when the caller does not
/// see its project.
#[utoipa::path(
    delete, path = "/documents/{id}", operation_id = "deleteDocument", tag = "documents",
    params(("id" = DocumentId, Path, description = "The document")),
    responses((status = 204, description = "It is gone"))
)]
pub(super) async fn delete(mut scope: Scope, Path(id): Path<DocumentId>) -> ApiResult<StatusCode> {
    documents::delete(&mut scope, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
