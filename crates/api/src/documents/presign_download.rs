//! `GET /documents/{id}/presign-download`.

use bailiwick_kernel::id::DocumentId;
use bailiwick_services::Scope;
use bailiwick_services::documents::{self, DOWNLOAD_URL_TTL};
use serde::Serialize;
use utoipa::ToSchema;

use crate::extract::{Json, Path};
use crate::problem::ApiResult;

/// Where to fetch the bytes.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct DownloadLink {
    /// Where to GET the bytes.
    presigned_url: String,
    /// Seconds for which the URL is good.
    expires_in: u64,
}

/// Signs a download of a document. Permission `documents:read`. 404 when the caller does not see
/// its project; 409 unless it is uploaded.
#[utoipa::path(
    get, path = "/documents/{id}/presign-download", operation_id = "presignDownload",
    tag = "documents",
    params(("id" = DocumentId, Path, description = "The document")),
    responses((status = 200, description = "Where to fetch the bytes", body = DownloadLink))
)]
pub(super) async fn presign_download(
    mut scope: Scope,
    Path(id): Path<DocumentId>,
) -> ApiResult<Json<DownloadLink>> {
    let signed = documents::presign_download(&mut scope, id).await?;
    let expires_in = DOWNLOAD_URL_TTL.as_secs();
    Ok(Json(DownloadLink {
        presigned_url: signed.url.into(),
        expires_in,
    }))
}
