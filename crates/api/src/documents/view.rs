//! A document as the API shows it.

use std::fmt::Write as _;

use bailiwick_kernel::id::{DocumentId, ProjectId};
use bailiwick_kernel::policy::permission;
use bailiwick_services::Scope;
use bailiwick_services::people::People;
use bailiwick_store::documents::Document;
use jiff::Timestamp;
use serde::Serialize;
use utoipa::ToSchema;

use crate::views::PersonView;

/// A document as the caller sees it.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Document)]
pub struct DocumentView {
    /// Its id.
    id: DocumentId,
    /// Its project.
    #[schema(required = true)]
    project_id: Option<ProjectId>,
    /// What it belongs to.
    #[schema(value_type = DocumentScope)]
    scope: String,
    /// The name that the file had.
    file_name: String,
    /// Media type.
    content_type: String,
    /// Bytes.
    size: i64,
    /// SHA-256 in hexadecimal, where it was announced.
    #[schema(required = true)]
    sha256: Option<String>,
    /// How far it is.
    #[schema(value_type = DocumentStatus)]
    status: String,
    /// Who may see it.
    #[schema(value_type = DocumentVisibility)]
    visibility: String,
    /// Who announced it.
    uploaded_by: PersonView,
    /// When it was announced.
    #[schema(value_type = String, format = DateTime)]
    created_at: Timestamp,
    /// When it was confirmed.
    #[schema(required = true, value_type = Option<String>, format = DateTime)]
    uploaded_at: Option<Timestamp>,
    /// What the caller may do with it.
    can: DocumentCan,
}

/// What the caller may do with a document.
#[derive(Debug, Serialize, ToSchema)]
pub struct DocumentCan {
    /// Remove it with its object.
    delete: bool,
}

/// What a document belongs to.
#[derive(ToSchema)]
#[schema(rename_all = "UPPERCASE")]
#[expect(
    dead_code,
    reason = "describes the values of a text in the OpenAPI document"
)]
pub enum DocumentScope {
    /// The organization.
    Org,
    /// A project.
    Project,
    /// A customer.
    Customer,
}

/// How far a document is.
#[derive(ToSchema)]
#[schema(rename_all = "UPPERCASE")]
#[expect(
    dead_code,
    reason = "describes the values of a text in the OpenAPI document"
)]
pub enum DocumentStatus {
    /// Announced; its bytes are on the way.
    Pending,
    /// Confirmed.
    Uploaded,
    /// Given up.
    Failed,
}

/// Who may see a document.
#[derive(ToSchema)]
#[schema(rename_all = "UPPERCASE")]
#[expect(
    dead_code,
    reason = "describes the values of a text in the OpenAPI document"
)]
pub enum DocumentVisibility {
    /// Staff.
    Internal,
    /// The customer, too.
    Shared,
}

impl DocumentView {
    /// The view of `document` for `scope`.
    pub fn of(scope: &Scope, document: Document, people: &People) -> Self {
        let role = document.my_role.as_deref();
        let can = DocumentCan {
            delete: scope.may_on(permission::DOCUMENTS_DELETE, role),
        };
        Self {
            id: document.id,
            project_id: document.project,
            scope: document.scope,
            file_name: document.file_name,
            content_type: document.content_type,
            size: document.size,
            sha256: document.sha256.as_deref().map(hex),
            status: document.status,
            visibility: document.visibility,
            uploaded_by: PersonView::of(document.uploaded_by, people),
            created_at: document.created_at,
            uploaded_at: document.uploaded_at,
            can,
        }
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
            // Writing to a String cannot fail.
            let _ = write!(text, "{byte:02x}");
            text
        })
}
