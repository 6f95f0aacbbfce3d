//! `POST /projects/{id}/documents/upload-init`.

use std::collections::BTreeMap;

use bailiwick_kernel::id::{DocumentId, ProjectId};
use bailiwick_services::Scope;
use bailiwick_services::documents::{self, Announcement};
use http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::extract::{Idempotent, Json, Path};
use crate::problem::ApiResult;

/// What a client says of a file before it sends it.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UploadInit {
    /// The file's name, without a folder.
    #[schema(min_length = 1, max_length = 255)]
    pub file_name: String,
    /// Media type, one of `allowedContentTypes`.
    pub content_type: String,
    /// Bytes, at most `maxUploadBytes`.
    #[schema(minimum = 1)]
    pub size: u64,
    /// SHA-256 of the bytes in hexadecimal. The store then refuses others.
    #[serde(default)]
    #[schema(pattern = "^[0-9a-fA-F]{64}$")]
    pub sha256: Option<String>,
}

/// How to send the bytes.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UploadInitAnswer {
    /// The document, pending.
    document_id: DocumentId,
    /// Where to PUT the bytes.
    presigned_url: String,
    /// Seconds for which the URL is good.
    expires_in: u64,
    /// Headers to send with them, exactly as they are.
    headers: BTreeMap<String, String>,
}

/// Announces a document of a project and signs its upload: type, length and checksum are those
/// announced, and the URL can create the object but never replace it. Permission
/// `documents:upload`. 404 when the caller does not see the project.
#[utoipa::path(
    post, path = "/projects/{id}/documents/upload-init", operation_id = "initUpload",
    tag = "documents",
    params(
        ("id" = ProjectId, Path, description = "The project"),
        ("Idempotency-Key" = Option<String>, Header, description = "Makes a repeated request answer as the first"),
    ),
    request_body = UploadInit,
    responses((status = 201, description = "How to send the bytes", body = UploadInitAnswer))
)]
pub(super) async fn upload_init(
    mut scope: Scope,
    Path(id): Path<ProjectId>,
    request: Idempotent<UploadInit>,
) -> ApiResult<(StatusCode, Json<UploadInitAnswer>)> {
    let UploadInit {
        file_name,
        content_type,
        size,
        sha256,
    } = request.body;
    let announcement = Announcement {
        file_name,
        content_type,
        size,
        sha256,
    };
    let announced =
        documents::upload_init(&mut scope, id, &announcement, request.key.as_ref()).await?;
    let answer = UploadInitAnswer {
        document_id: announced.id,
        presigned_url: announced.upload.url.into(),
        expires_in: announced.expires.as_secs(),
        headers: announced.upload.headers,
    };
    Ok((StatusCode::CREATED, Json(answer)))
}
