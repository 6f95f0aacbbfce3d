//! The way of a document in: announced, sent by the browser, confirmed by a look at the object.

use std::time::Duration;

use bailiwick_kernel::id::{DocumentId, ProjectId};
use bailiwick_kernel::policy::{Reach, permission};
use bailiwick_kernel::text::Fields;
use bailiwick_kernel::{Code, Problem};
use bailiwick_outside::storage::{ObjectKey, ObjectMeta, Presigned};
use bailiwick_store::documents::{Document, NewDocument};
use serde_json::json;

use super::{UPLOAD_GRACE, UPLOAD_URL_TTL, find, inconsistent, object_key};
use crate::idempotency::IdempotencyKey;
use crate::jobs::{DeleteObjects, ExpireDocument};
use crate::{App, Op, Result, Scope};

/// What a client says of a file before it sends it.
#[derive(Debug, Clone)]
pub struct Announcement {
    /// The file's name, 1 to 255 characters.
    pub file_name: String,
    /// Media type, one of those allowed.
    pub content_type: String,
    /// Bytes, at least 1.
    pub size: u64,
    /// SHA-256 in hexadecimal, where the client knows it.
    pub sha256: Option<String>,
}

/// Less than this is no time to upload in.
const UPLOAD_URL_TTL_MIN: Duration = Duration::from_secs(60);

struct Checked {
    file_name: String,
    content_type: String,
    size: u64,
    sha256: Option<[u8; 32]>,
}

impl Announcement {
    fn check(&self, app: &App) -> Result<Checked, Problem> {
        let settings = app.settings();
        let mut fields = Fields::new();
        let file_name = fields.line("fileName", &self.file_name, 1..=255);
        if file_name.contains(['/', '\\']) {
            fields.refuse("fileName", "must be a file's name without a folder");
        }
        let content_type = self.content_type.trim().to_ascii_lowercase();
        if !settings.content_types.contains(&content_type) {
            fields.refuse("contentType", "is not among the types that may be uploaded");
        }
        fields.require(self.size > 0, "size", "must be at least 1 byte");
        if self.size > settings.upload_bytes_max {
            let message = format!("must be at most {} bytes", settings.upload_bytes_max);
            fields.refuse("size", message);
        }
        let sha256 = self.sha256.as_deref().and_then(|text| {
            let bytes = hex::decode(text)
                .ok()
                .and_then(|b| <[u8; 32]>::try_from(b).ok());
            fields.require(bytes.is_some(), "sha256", "must be 64 hexadecimal digits");
            bytes
        });
        fields.finish()?;
        Ok(Checked {
            file_name,
            content_type,
            size: self.size,
            sha256,
        })
    }
}

/// A document that was announced, and how to send its bytes.
#[derive(Debug)]
pub struct Announced {
    /// The document.
    pub id: DocumentId,
    /// Where to PUT the bytes, and with which headers.
    pub upload: Presigned,
    /// For how long.
    pub expires: Duration,
}

/// Announces a document of a project and signs the upload of exactly these bytes.
///
/// # Errors
/// `NOT_FOUND`, `PERMISSION_DENIED`, `VALIDATION_FAILED`, `IDEMPOTENCY_MISMATCH`;
/// `CONFLICT_DOCUMENT_STATE` where a repeated request finds the document no longer pending.
pub async fn upload_init(
    scope: &mut Scope,
    project: ProjectId,
    announcement: &Announcement,
    key: Option<&IdempotencyKey>,
) -> Result<Announced> {
    let checked = &announcement.check(scope.app())?;
    let announced = scope
        .change(permission::DOCUMENTS_UPLOAD, |op| {
            announce(op, project, checked, key)
        })
        .await;
    let document = scope.or_elsewhere(project, announced).await?;
    if document.status != "PENDING" {
        return Err(Problem::new(Code::ConflictDocumentState)
            .detail("the document was uploaded, or given up, since the first request")
            .into());
    }
    // A repeated request signs no longer than the first: the sweeper comes at a fixed time.
    let age = scope.app().env().now().duration_since(document.created_at);
    let age = Duration::try_from(age).unwrap_or_default();
    let expires = UPLOAD_URL_TTL.saturating_sub(age);
    if expires < UPLOAD_URL_TTL_MIN {
        return Err(Problem::new(Code::ConflictDocumentState)
            .detail("the time for this upload is over; start it again")
            .into());
    }
    let sha256 = document
        .sha256
        .as_deref()
        .and_then(|b| <[u8; 32]>::try_from(b).ok());
    let upload = scope.app().objects().presign_put(
        &object_key(&document.s3_key)?,
        &document.content_type,
        document.size.unsigned_abs(),
        sha256,
        expires,
    )?;
    Ok(Announced {
        id: document.id,
        upload,
        expires,
    })
}

async fn announce(
    mut op: Op,
    project: ProjectId,
    checked: &Checked,
    key: Option<&IdempotencyKey>,
) -> Result<(Op, Document)> {
    let (me, now) = (op.me(), op.now());
    op.project(permission::DOCUMENTS_UPLOAD, project).await?;
    let id = DocumentId::from(op.app().env().uuid());
    if let Some(first) = op.repeated(key, "documents.upload-init", id.uuid()).await? {
        let document = op.document(DocumentId::from(first)).await?;
        if document.project != Some(project) {
            return Err(Problem::new(Code::IdempotencyMismatch).into());
        }
        return Ok((op, document));
    }
    // The key is ours alone: nothing of it comes from the client.
    let clerk_org_id = op.clerk_org_id();
    let (project_id, document_id) = (project.to_string(), id.to_string());
    let segments = ["org", &clerk_org_id, "project", &project_id, &document_id];
    let s3_key = ObjectKey::from_segments(segments).map_err(inconsistent)?;
    let new = NewDocument {
        id,
        project,
        file_name: &checked.file_name,
        content_type: &checked.content_type,
        size: i64::try_from(checked.size).map_err(inconsistent)?,
        sha256: checked.sha256.as_ref().map(<[u8; 32]>::as_slice),
        s3_key: s3_key.as_str(),
        by: me,
    };
    op.tx().insert_document(&new, now).await?;
    let org = op.org();
    op.enqueue(&ExpireDocument::of(org, id, now + UPLOAD_GRACE))
        .await?;
    let after = json!({
        "fileName": new.file_name, "contentType": new.content_type, "size": new.size,
        "projectId": project,
    });
    op.audit("documents.uploadInit", "document", id, None, Some(after));
    let document = op.document(id).await?;
    Ok((op, document))
}

/// Confirms an upload: looks at the object that is there, and takes it if it is what was
/// announced. Repeating it changes nothing.
///
/// # Errors
/// `NOT_FOUND`, `PERMISSION_DENIED` (the uploader and who leads the project may),
/// `CONFLICT_DOCUMENT_STATE` where the bytes have not come or were given up, `VALIDATION_FAILED`
/// where they are others than announced.
pub async fn confirm(scope: &mut Scope, id: DocumentId) -> Result<()> {
    let document = find(scope, id).await?;
    let reach = scope.require_on(permission::DOCUMENTS_UPLOAD, document.my_role.as_deref())?;
    let leads = document.my_role.as_deref() == Some("lead");
    if document.uploaded_by != scope.me() && !leads && reach != Reach::All {
        return Err(Problem::denied()
            .detail("only who uploads a document may confirm it")
            .into());
    }
    match document.status.as_str() {
        "UPLOADED" => return Ok(()),
        "PENDING" => {}
        _ => {
            return Err(Problem::new(Code::ConflictDocumentState)
                .detail("the upload was given up; start it again")
                .into());
        }
    }
    let key = object_key(&document.s3_key)?;
    let Some(meta) = scope.app().objects().head(&key).await? else {
        return Err(Problem::new(Code::ConflictDocumentState)
            .detail("the bytes have not arrived; send them to the upload URL first")
            .into());
    };
    let difference = differs(&document, &meta);
    let refused = &difference;
    scope
        .change(permission::DOCUMENTS_UPLOAD, |mut op| async move {
            let now = op.now();
            let document = op.document(id).await?;
            if document.status != "PENDING" {
                op.unchanged();
                return Ok((op, ()));
            }
            let before = json!({"status": "PENDING"});
            if refused.is_some() {
                op.tx().fail_document(id).await?;
                // The key is free again while its upload URL lives.
                let keys = [document.s3_key];
                op.enqueue(&DeleteObjects::of(&keys, now)).await?;
                let last_put = document.created_at + UPLOAD_GRACE;
                op.enqueue(&DeleteObjects::of(&keys, last_put)).await?;
                let after = json!({"status": "FAILED", "projectId": document.project});
                op.audit("documents.fail", "document", id, Some(before), Some(after));
            } else {
                op.tx().confirm_document(id, now).await?;
                let after = json!({"status": "UPLOADED", "projectId": document.project});
                op.audit(
                    "documents.confirm",
                    "document",
                    id,
                    Some(before),
                    Some(after),
                );
            }
            Ok((op, ()))
        })
        .await?;
    match difference {
        Some((field, message)) => Err(Problem::invalid(field, message).into()),
        None => Ok(()),
    }
}

/// What an object is that it was not announced to be.
fn differs(document: &Document, meta: &ObjectMeta) -> Option<(&'static str, &'static str)> {
    if i64::try_from(meta.size) != Ok(document.size) {
        return Some(("size", "the object has another length than announced"));
    }
    if meta
        .content_type
        .as_deref()
        .is_some_and(|t| t != document.content_type)
    {
        return Some(("contentType", "the object has another type than announced"));
    }
    match (&document.sha256, meta.sha256) {
        (Some(announced), Some(found)) if announced[..] != found[..] => {
            Some(("sha256", "the object has another checksum than announced"))
        }
        _ => None,
    }
}
