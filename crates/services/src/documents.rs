//! Documents of projects: announced, uploaded by the browser, confirmed by a look at the object.

use std::time::Duration;

use bailiwick_kernel::id::{AuditId, DocumentId, JobId, OrgId, ProjectId};
use bailiwick_kernel::page::{Cursor, Page, PageQuery};
use bailiwick_kernel::policy::{Reach, permission};
use bailiwick_kernel::text::Fields;
use bailiwick_kernel::{Code, Problem};
use bailiwick_outside::storage::{ObjectKey, ObjectMeta, Presigned};
use bailiwick_store::audit::Fact;
use bailiwick_store::documents::{self as rows, Document, NewDocument};
use bailiwick_store::idempotency::Claim;
use bailiwick_store::tenant::{TenantDoor, Visitor};
use jiff::SignedDuration;
use serde_json::json;

use crate::jobs::{DeleteObjects, ExpireDocument};
use crate::people::People;
use crate::projects::{IDEMPOTENCY_TTL, IdempotencyKey, place};
use crate::{App, Error, Op, Result, Scope, projects};

/// An upload URL lives so long (PRF-10).
pub const UPLOAD_URL_TTL: Duration = Duration::from_secs(3600);
/// A download URL lives so long.
pub const DOWNLOAD_URL_TTL: Duration = Duration::from_secs(60);
/// An upload that began in the last second of its URL may still be running so long after.
pub(crate) const UPLOAD_GRACE: SignedDuration = SignedDuration::from_mins(75);

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
    let sha256 = document
        .sha256
        .as_deref()
        .and_then(|b| <[u8; 32]>::try_from(b).ok());
    let upload = scope.app().objects().presign_put(
        &object_key(&document.s3_key)?,
        &document.content_type,
        document.size.unsigned_abs(),
        sha256,
        UPLOAD_URL_TTL,
    )?;
    Ok(Announced {
        id: document.id,
        upload,
    })
}

async fn announce(
    mut op: Op,
    project: ProjectId,
    checked: &Checked,
    key: Option<&IdempotencyKey>,
) -> Result<(Op, Document)> {
    let (me, now) = (op.me(), op.now());
    let found = op
        .tx()
        .lock_project(project, me)
        .await?
        .ok_or_else(Problem::not_found)?;
    op.require_on(permission::DOCUMENTS_UPLOAD, found.my_role.as_deref())?;
    let mut id = DocumentId::from(op.app().env().uuid());
    let mut is_new = true;
    if let Some(key) = key {
        let key = key.of(me, "documents.upload-init");
        match op
            .tx()
            .claim(&key, id.uuid(), now, now + IDEMPOTENCY_TTL)
            .await?
        {
            Claim::New => {}
            Claim::Mismatch => return Err(Problem::new(Code::IdempotencyMismatch).into()),
            Claim::Repeated(first) => {
                id = DocumentId::from(first);
                is_new = false;
                op.unchanged();
            }
        }
    }
    if is_new {
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
    }
    let document = op
        .tx()
        .lock_document(id, me)
        .await?
        .ok_or_else(Problem::not_found)?;
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
            let (me, now) = (op.me(), op.now());
            let document = op
                .tx()
                .lock_document(id, me)
                .await?
                .ok_or_else(Problem::not_found)?;
            if document.status != "PENDING" {
                op.unchanged();
                return Ok((op, ()));
            }
            let before = json!({"status": "PENDING"});
            if refused.is_some() {
                op.tx().fail_document(id).await?;
                op.enqueue(&DeleteObjects::of(&[document.s3_key], now))
                    .await?;
                let after = json!({"status": "FAILED"});
                op.audit("documents.fail", "document", id, Some(before), Some(after));
            } else {
                op.tx().confirm_document(id, now).await?;
                let after = json!({"status": "UPLOADED"});
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

/// One document.
///
/// # Errors
/// `NOT_FOUND`, `PERMISSION_DENIED`.
pub async fn get(scope: &mut Scope, id: DocumentId) -> Result<(Document, People)> {
    let document = find(scope, id).await?;
    let people = scope.app().people([document.uploaded_by]).await?;
    Ok((document, people))
}

async fn find(scope: &mut Scope, id: DocumentId) -> Result<Document> {
    let found = find_here(scope, id).await;
    scope.or_document_elsewhere(id, found).await
}

async fn find_here(scope: &mut Scope, id: DocumentId) -> Result<Document> {
    let me = scope.me();
    let document = scope
        .read(permission::DOCUMENTS_READ, |_| rows::Get::new(id, me))
        .await?
        .ok_or_else(Problem::not_found)?;
    scope.require_on(permission::DOCUMENTS_READ, document.my_role.as_deref())?;
    Ok(document)
}

/// A page of a project's documents, newest first.
///
/// # Errors
/// `NOT_FOUND`, `PERMISSION_DENIED`; a cursor of another list.
pub async fn list(
    scope: &mut Scope,
    project: ProjectId,
    query: &PageQuery,
) -> Result<(Page<Document>, People)> {
    let found = projects::get(scope, project).await?;
    scope.require_on(permission::DOCUMENTS_READ, found.project.my_role.as_deref())?;
    let me = scope.me();
    let after = place(query.cursor.as_ref())?;
    let fetch = query.limit.fetch();
    let documents = scope
        .read(permission::DOCUMENTS_READ, |_| {
            rows::List::new(project, me, after, fetch)
        })
        .await?;
    let people = scope
        .app()
        .people(documents.iter().map(|d| d.uploaded_by))
        .await?;
    let page = Page::cut(documents, query.limit, |d| {
        Cursor::after(d.created_at, d.id.uuid())
    });
    Ok((page, people))
}

/// Signs a download, under the name that the file had.
///
/// # Errors
/// `NOT_FOUND`, `PERMISSION_DENIED`; `CONFLICT_DOCUMENT_STATE` unless it is uploaded.
pub async fn presign_download(scope: &mut Scope, id: DocumentId) -> Result<Presigned> {
    let document = find(scope, id).await?;
    if document.status != "UPLOADED" {
        return Err(Problem::new(Code::ConflictDocumentState)
            .detail("the document has not been uploaded")
            .into());
    }
    let key = object_key(&document.s3_key)?;
    let (name, media_type) = (&document.file_name, &document.content_type);
    Ok(scope
        .app()
        .objects()
        .presign_get(&key, name, media_type, DOWNLOAD_URL_TTL)?)
}

/// Removes a document. Its object goes by a job, and once more when its upload URL has run out.
///
/// # Errors
/// `NOT_FOUND`, `PERMISSION_DENIED`.
pub async fn delete(scope: &mut Scope, id: DocumentId) -> Result<()> {
    find(scope, id).await?;
    scope
        .change(permission::DOCUMENTS_DELETE, |mut op| async move {
            let (me, now) = (op.me(), op.now());
            let document = op
                .tx()
                .lock_document(id, me)
                .await?
                .ok_or_else(Problem::not_found)?;
            op.require_on(permission::DOCUMENTS_DELETE, document.my_role.as_deref())?;
            op.tx().delete_document(id).await?;
            let keys = [document.s3_key];
            op.enqueue(&DeleteObjects::of(&keys, now)).await?;
            let last_put = document.created_at + UPLOAD_GRACE;
            if last_put > now {
                op.enqueue(&DeleteObjects::of(&keys, last_put)).await?;
            }
            let before = json!({
                "fileName": document.file_name, "size": document.size, "status": document.status,
            });
            op.audit("documents.delete", "document", id, Some(before), None);
            Ok((op, ()))
        })
        .await
}

/// Removes objects that no document has any more.
///
/// # Errors
/// The object store's.
pub async fn delete_objects(app: &App, keys: &[String]) -> Result<()> {
    for key in keys {
        app.objects().delete(&object_key(key)?).await?;
    }
    Ok(())
}

/// Gives up a document whose bytes were never confirmed, and removes what may have come.
///
/// # Errors
/// The database's.
pub async fn expire(app: &App, org: OrgId, id: DocumentId) -> Result<()> {
    let Some(placement) = app.store().find_placement(org).await? else {
        return Ok(());
    };
    let door = TenantDoor::new(&placement, Visitor::System("documents.expire"));
    let now = app.env().now();
    let mut tx = app.store().enter(&door).await?;
    let nobody = bailiwick_kernel::id::UserId::from(uuid::Uuid::nil());
    let Some(document) = tx.lock_document(id, nobody).await? else {
        return Ok(());
    };
    if !tx.fail_document(id).await? {
        return Ok(());
    }
    let job = JobId::from(app.env().uuid());
    tx.enqueue(job, &DeleteObjects::of(&[document.s3_key], now), now)
        .await?;
    let fact = Fact {
        id: AuditId::from(app.env().uuid()),
        at: now,
        origin: "system",
        actor: None,
        action: "documents.expire",
        object_type: "document",
        object_id: &id.to_string(),
        before: Some(json!({"status": "PENDING"})),
        after: Some(json!({"status": "FAILED"})),
        request: None,
        address: None,
    };
    tx.audit_and_commit(&fact).await?;
    Ok(())
}

fn object_key(key: &str) -> Result<ObjectKey> {
    key.parse().map_err(inconsistent)
}

fn inconsistent(error: impl std::fmt::Display) -> Error {
    Error::Inconsistent(error.to_string())
}
