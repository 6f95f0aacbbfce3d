//! `POST /documents/{id}/confirm`.

use bailiwick_kernel::id::DocumentId;
use bailiwick_services::{Scope, documents};
use serde::Serialize;
use utoipa::ToSchema;

use crate::extract::{Json, Path};
use crate::problem::ApiResult;

/// A confirmed document.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UploadConfirmation {
    /// The document.
    document_id: DocumentId,
    /// `UPLOADED`.
    status: &'static str,
}

/// Confirms an upload: the object that is there is looked at, and must be what was announced. Can
/// be repeated. Permission `documents:upload`, for who announced it and who leads the project. 404
/// when the caller does not see the project.
#[utoipa::path(
    post, path = "/documents/{id}/confirm", operation_id = "confirmUpload", tag = "documents",
    params(("id" = DocumentId, Path, description = "The document")),
    responses((status = 200, description = "It is uploaded", body = UploadConfirmation))
)]
pub(super) async fn confirm(
    mut scope: Scope,
    Path(id): Path<DocumentId>,
) -> ApiResult<Json<UploadConfirmation>> {
    documents::confirm(&mut scope, id).await?;
    Ok(Json(UploadConfirmation {
        document_id: id,
        status: "UPLOADED",
    }))
}
