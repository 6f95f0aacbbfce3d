//! Documents of projects.

mod upload;

pub use upload::{Announced, Announcement, confirm, upload_init};

use std::time::Duration;

use bailiwick_kernel::id::{DocumentId, JobId, OrgId, ProjectId};
use bailiwick_kernel::page::{Cursor, Page, PageQuery};
use bailiwick_kernel::policy::permission;
use bailiwick_kernel::{Code, Problem};
use bailiwick_outside::storage::{ObjectKey, Presigned};
use bailiwick_store::audit::Fact;
use bailiwick_store::documents::{self as rows, Document};
use bailiwick_store::tenant::{TenantDoor, Visitor};
use jiff::SignedDuration;
use serde_json::json;

use crate::jobs::DeleteObjects;
use crate::paging::place;
use crate::people::People;
use crate::{App, Error, Result, Scope, projects};

/// An upload URL lives so long (PRF-10).
pub const UPLOAD_URL_TTL: Duration = Duration::from_secs(3600);
/// A download URL lives so long.
pub const DOWNLOAD_URL_TTL: Duration = Duration::from_secs(60);
/// An upload that began in the last second of its URL may still be running so long after.
pub(crate) const UPLOAD_GRACE: SignedDuration = SignedDuration::from_mins(75);

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
            let now = op.now();
            let document = op.document(id).await?;
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
                "projectId": document.project,
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
    let object = id.to_string();
    let fact = Fact {
        before: Some(json!({"status": "PENDING"})),
        after: Some(json!({"status": "FAILED", "projectId": document.project})),
        ..Fact::impersonal(
            app.env(),
            "system",
            "documents.expire",
            ("document", &object),
        )
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
